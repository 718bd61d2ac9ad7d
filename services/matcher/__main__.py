"""`python -m services.matcher api | worker | consumer | relay | scheduler | migrate`, and two commands.

`match` pairs the people of two CSV files; `verify-round` runs a stored round again.
"""

import sys


def main() -> int:
    """Run the role, or the command, that the command line names."""
    if sys.argv[1:2] == ["match"]:
        from services.matcher.adapters.match_command import main as match

        return match(sys.argv[2:])
    from services.matcher.bootstrap import SERVICE, open_programme

    if sys.argv[1:2] == ["verify-round"]:
        from services.matcher.adapters.verify_command import main as verify

        return verify(sys.argv[2:], open_programme)
    return SERVICE.main()


if __name__ == "__main__":
    sys.exit(main())
