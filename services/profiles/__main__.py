"""`python -m services.profiles api | worker | consumer | relay | scheduler | migrate`."""

import sys

from services.chassis.cli import run_service
from services.profiles.bootstrap import NAME, configure_logs, roles

if __name__ == "__main__":
    about = "People, their consent and their contact details: sign-up, approval, sign-in, introductions, erasure."
    sys.exit(run_service(NAME, about, roles(), configure_logs=configure_logs))
