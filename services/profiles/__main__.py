"""``python -m services.profiles api | worker | consumer | relay | scheduler | migrate``."""

import sys

from services.chassis.service.start import Startable, start


def open_service() -> Startable:
    """Import and return the service, late, because it loads all its libraries."""
    from services.profiles.bootstrap import SERVICE

    return SERVICE


if __name__ == "__main__":
    sys.exit(start(open_service))
