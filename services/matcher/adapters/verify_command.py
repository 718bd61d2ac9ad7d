"""``python -m services.matcher verify-round <id>``: run a stored round again, however large, and print the outcome.

Reads the database that the service's own environment names, and writes nothing. Exit codes: 0 the same bytes, 1 other
bytes, 2 not verifiable (no such round, only its figures are left, another engine, no database).
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TextIO

import sqlalchemy as sa

from services.chassis.core.errors import ChassisError
from services.matcher.domain.round import Verification
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.inspect_round import verify_stored_round

SAME, DIFFERENT, UNVERIFIABLE = 0, 1, 2


def main(
    arguments: Sequence[str], open_programme: Callable[[], tuple[UnitOfWork, str]], out: TextIO | None = None
) -> int:
    """Run the command; ``open_programme`` returns the database and the programme, ``out`` replaces the terminal."""
    round_id = _parser().parse_args(arguments).round
    code, outcome = _verified(round_id, open_programme)
    (out or sys.stdout).write(f"Round {round_id} {outcome}\n")
    return code


def _verified(round_id: str, open_programme: Callable[[], tuple[UnitOfWork, str]]) -> tuple[int, str]:
    try:
        uow, programme_id = open_programme()
        verification = verify_stored_round(uow, programme_id, round_id)
    except ChassisError as refused:
        return UNVERIFIABLE, f"was not run again: {refused}"
    except sa.exc.SQLAlchemyError as error:
        return UNVERIFIABLE, f"was not run again: the database does not answer as it should ({type(error).__name__})."
    if not verification.comparable:
        return UNVERIFIABLE, f"was not run again: {verification.differences[0]}."
    if verification.same:
        return SAME, "gave the same bytes when it was run again."
    return DIFFERENT, f"gave another result when it was run again: {_format_differences(verification)}."


def _format_differences(verification: Verification) -> str:
    """Return how many places differ, and the first; never the values, which may be health facts."""
    count, first = len(verification.differences), verification.differences[0].split(" ")[0]
    return f"{count} {'place differs' if count == 1 else 'places differ'}, first {first}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.matcher verify-round", description=__doc__)
    parser.add_argument("round", help="the id of the round, as in GET /matcher/v1/rounds")
    return parser
