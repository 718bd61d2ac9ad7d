"""`python -m services.notifications api | worker | consumer | relay | scheduler | migrate`."""

import sys

from services.notifications.bootstrap import SERVICE

if __name__ == "__main__":
    sys.exit(SERVICE.main())
