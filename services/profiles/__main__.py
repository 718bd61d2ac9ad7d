"""`python -m services.profiles api | worker | consumer | relay | scheduler | migrate`."""

import sys

from services.profiles.bootstrap import SERVICE

if __name__ == "__main__":
    sys.exit(SERVICE.main())
