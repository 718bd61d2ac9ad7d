"""`python -m services.notifications api | worker | consumer | relay | scheduler | migrate`."""

from services.notifications.bootstrap import main

if __name__ == "__main__":
    raise SystemExit(main())
