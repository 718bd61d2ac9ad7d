"""`python -m services.matcher api | worker | consumer | relay | scheduler | migrate`, and `match` for two CSV files."""

import sys


def main() -> int:
    """Run the role, or the match, that the command line names."""
    if sys.argv[1:2] == ["match"]:
        from services.matcher.adapters.match_command import main as match

        return match(sys.argv[2:])
    from services.matcher.bootstrap import SERVICE

    return SERVICE.main()


if __name__ == "__main__":
    sys.exit(main())
