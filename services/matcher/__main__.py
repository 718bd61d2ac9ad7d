"""`python -m services.matcher api | worker | consumer | relay | scheduler | migrate`."""

import sys

from services.matcher.bootstrap import SERVICE

if __name__ == "__main__":
    sys.exit(SERVICE.main())
