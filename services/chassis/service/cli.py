"""Start every process as ``python -m services.<name> <role>``, and end it on SIGTERM or SIGINT.

Both signals set ``Stop``; the role's loop checks it and returns, and the process exits with 0. A process that has not
ended within ten seconds is killed: unfinished work is safe in the database and is done again by another process.
Exit codes: 0 done, 1 an unexpected error or no end in time, 2 wrong arguments or settings.
"""

from __future__ import annotations

import argparse
import inspect
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

from services.chassis.core.errors import StartRefused
from services.chassis.service.stop import Stop

__all__ = ["Command", "Role", "Stop", "run_service"]

Role = Callable[[Stop], None]
"""A process of the service: works until ``Stop`` is set, then returns. Its docstring's first line is its help."""

Command = Callable[[Sequence[str]], int]
"""Work that ends by itself: takes the rest of the command line, returns the exit code. Help as for a role."""

HARD_LIMIT = 9.5
"""Seconds from the first signal until the process is killed; below the documented ten."""

_log = logging.getLogger(__name__)


def run_service(
    name: str,
    description: str,
    roles: Mapping[str, Role],
    *,
    commands: Mapping[str, Command] | None = None,
    arguments: Sequence[str] | None = None,
    configure_logs: Callable[[str, str], None] | None = None,
) -> int:
    """Run the role named on the command line, and return the exit code.

    The help lists ``commands`` too; ``start`` runs them previous the service is assembled.
    ``configure_logs(service, role)`` is called previous the role starts, and not for --help; the default is
    ``logs.configure`` with level INFO. ``arguments`` replaces ``sys.argv`` in tests. Call this from the main thread:
    Python handles signals only there.
    """
    role = _parser(name, description, roles, commands or {}).parse_args(arguments).role
    stop = Stop()  # from here on, a signal requests a stop and does not kill
    previous = {number: signal.signal(number, _stopper(stop)) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        (configure_logs or _configure_logs)(name, role)
        _log.info("started", extra={"service": name, "role": role, "pid": os.getpid()})
        roles[role](stop)
    except StartRefused as refused:
        sys.stderr.write(f"{name} {role}: {refused}\n")
        return 2
    except Exception as error:
        _log.critical("ended_by_error", extra={"role": role, "error": type(error).__name__}, exc_info=error)
        return 1
    finally:
        stop.finished()
        for number, handler in previous.items():
            signal.signal(number, handler)
    _log.info("stopped", extra={"service": name, "role": role})
    return 0


def _configure_logs(service: str, role: str) -> None:
    from services.chassis.observability.logs import configure

    configure(service=service, role=role)


def _parser(
    name: str, description: str, roles: Mapping[str, Role], commands: Mapping[str, Command]
) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m services.{name}", description=description)
    choices = parser.add_subparsers(dest="role", required=True, metavar="role | command" if commands else "role")
    for word, start in {**roles, **commands}.items():
        first_line = (inspect.getdoc(start) or word).splitlines()[0]
        choices.add_parser(word, help=first_line, description=first_line)
    return parser


def _stopper(stop: Stop) -> Callable[[int, FrameType | None], None]:
    """Return the signal handler: the first signal sets ``stop`` and starts the timer that kills the process."""

    def on_signal(number: int, frame: FrameType | None) -> None:
        del number, frame
        if not stop.is_set():
            stop.set()
            stop.end_hard_after(HARD_LIMIT)

    return on_signal
