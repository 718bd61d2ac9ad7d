"""Start a service, or one of its commands, by the word on the command line.

The service is imported only when a role is asked for: commands may need less than a service does.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from services.chassis.service.cli import Command

OURS = "services"  # the package that all services are part of


class Startable(Protocol):
    """A service, put together."""

    def main(self, arguments: Sequence[str] | None = None, *, commands: Mapping[str, Command] | None = None) -> int:
        """Run the role that the command line names."""


def start(
    open_service: Callable[[], Startable],
    commands: Mapping[str, Command] | None = None,
    arguments: Sequence[str] | None = None,
) -> int:
    """Run the command or the role that the command line names; return the exit code.

    A library that is not installed ends in a sentence and 2. ``arguments`` stands in for sys.argv in tests.
    """
    words, offered = sys.argv[1:] if arguments is None else list(arguments), commands or {}
    try:
        if words and words[0] in offered:
            return offered[words[0]](words[1:])
        return open_service().main(words, commands=offered)
    except ModuleNotFoundError as missing:
        library = (missing.name or OURS).split(".")[0]
        if library == OURS:
            raise
        cure = "in Cairn's folder, pip install '.[services]' brings all of it"
        sys.stderr.write(f"{library} is not installed; {cure}.\n")
        return 2
