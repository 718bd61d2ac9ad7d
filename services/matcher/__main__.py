"""`python -m services.matcher api | worker | consumer | relay | scheduler | migrate`."""

import sys

from services.chassis.cli import run_service
from services.matcher.bootstrap import NAME, configure_logs, roles

if __name__ == "__main__":
    about = "Pairs mentees with mentors: the pool, the weights, the rounds, and the life of every match."
    sys.exit(run_service(NAME, about, roles(), configure_logs=configure_logs))
