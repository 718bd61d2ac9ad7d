"""`python -m services.matcher api | worker | consumer | relay | scheduler | migrate`, and `match` for two CSV files."""

import sys

from services.matcher.adapters.match_command import main as match
from services.matcher.bootstrap import SERVICE

if __name__ == "__main__":
    sys.exit(match(sys.argv[2:]) if sys.argv[1:2] == ["match"] else SERVICE.main())
