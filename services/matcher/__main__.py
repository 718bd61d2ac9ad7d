"""``python -m services.matcher api | worker | consumer | relay | scheduler | migrate``, and two commands.

``match`` pairs the people of two CSV files; ``verify-round`` runs a stored round again.
"""

import sys
from collections.abc import Sequence

from services.chassis.service.start import Startable, start


def open_service() -> Startable:
    """Import and return the service; takes a moment, for it loads all libraries."""
    from services.matcher.bootstrap import SERVICE

    return SERVICE


def match(arguments: Sequence[str]) -> int:
    """Pair the people of two CSV files, without a running service."""
    from services.matcher.adapters.match_command import main

    return main(arguments)


def verify_round(arguments: Sequence[str]) -> int:
    """Run a stored round again, and report whether it gives the same bytes."""
    from services.matcher.adapters.verify_command import main
    from services.matcher.bootstrap import open_programme

    return main(arguments, open_programme)


COMMANDS = {"match": match, "verify-round": verify_round}

if __name__ == "__main__":
    sys.exit(start(open_service, COMMANDS))
