"""``python -m services.matcher verify-round <id>``: run a stored round again, however large, and say what came of it.

Reads the database that the service's own environment names, and writes nothing. Exit codes: 0 the same bytes, 1 other
bytes, 2 it could not be told (no such round, only its figures are left, another engine, no database).
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

SAME, DIFFERENT, UNTOLD = 0, 1, 2


def main(
    arguments: Sequence[str], open_programme: Callable[[], tuple[UnitOfWork, str]], out: TextIO | None = None
) -> int:
    """Run the command; ``open_programme`` gives the database and the programme, ``out`` stands in for the terminal."""
    round_id = _parser().parse_args(arguments).round
    code, said = _verified(round_id, open_programme)
    (out or sys.stdout).write(f"Round {round_id} {said}\n")
    return code


def _verified(round_id: str, open_programme: Callable[[], tuple[UnitOfWork, str]]) -> tuple[int, str]:
    try:
        uow, programme_id = open_programme()
        found = verify_stored_round(uow, programme_id, round_id)
    except ChassisError as refused:
        return UNTOLD, f"was not run again: {refused}"
    except sa.exc.SQLAlchemyError as error:
        return UNTOLD, f"was not run again: the database does not answer as it should ({type(error).__name__})."
    if not found.comparable:
        return UNTOLD, f"was not run again: {found.differences[0]}."
    if found.same:
        return SAME, "gave the same bytes when it was run again."
    return DIFFERENT, f"gave another result when it was run again: {_told(found)}."


def _told(found: Verification) -> str:
    """How many places differ, and the first of them: never the values, which may be health reasons."""
    place = found.differences[0].split(" ")[0]
    return (
        f"{len(found.differences)} {'place differs' if len(found.differences) == 1 else 'places differ'}, first {place}"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.matcher verify-round", description=__doc__)
    parser.add_argument("round", help="the id of the round, as in GET /matcher/v1/rounds")
    return parser
