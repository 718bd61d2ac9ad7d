"""The same snapshot gives the same bytes in every process, in any order of people."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.matcher.domain.candidates import Pair
from services.matcher.domain.round import (
    Snapshot,
    Verification,
    result_from_json,
    result_to_json,
    run_round,
    snapshot_from_json,
    snapshot_to_json,
    verify_round,
)
from services.matcher.domain.round.json_text import ENGINE
from services.matcher.domain.weights import default_weights

AGAIN = """
import sys
from services.matcher.domain.round import run_round, snapshot_from_json
print(run_round(snapshot_from_json(sys.stdin.read())).result_hash)
"""


def a_programme(shuffled: int | None = None) -> Snapshot:
    mentees, mentors = pool_of(programme(5, 20, 50))
    mentees = (replace(mentees[0], excluded=frozenset({"m000001", "m000002", "m000003"})), *mentees[1:])
    if shuffled is not None:
        mentees = tuple(Random(shuffled).sample(mentees, len(mentees)))
        mentors = tuple(Random(shuffled).sample(mentors, len(mentors)))
    return Snapshot(
        programme="cairn",
        at=datetime(2025, 6, 2, 12, tzinfo=UTC),
        weights=default_weights(),
        mentees=mentees,
        mentors=mentors,
        blocks=frozenset({Pair("e000001", "m000001"), Pair("e000002", "m000004")}),
    )


def test_the_order_of_people_changes_nothing() -> None:
    results = [run_round(a_programme(order)) for order in (None, 1, 2)]
    assert len({result_to_json(result) for result in results}) == 1
    assert len({result.input_hash for result in results}) == 1


@pytest.mark.slow
def test_another_process_with_another_hash_seed_comes_to_the_same_result() -> None:
    result = run_round(a_programme())
    for hash_seed in ("1", "77"):
        run = subprocess.run(
            [sys.executable, "-c", AGAIN],
            input=snapshot_to_json(a_programme(3)),
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=Path(__file__).parents[4],
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stdout.strip() == result.result_hash


def test_a_stored_round_can_be_read_back_and_verified() -> None:
    snapshot = a_programme()
    stored, result = snapshot_to_json(snapshot), run_round(snapshot)
    assert snapshot_to_json(snapshot_from_json(stored)) == stored
    assert result_from_json(result_to_json(result)) == result
    assert verify_round(stored, result_to_json(result)) == Verification(True)


def test_a_changed_stored_round_is_detected_and_the_difference_named() -> None:
    snapshot = a_programme()
    result = run_round(snapshot)
    first = replace(result.proposals[0], score=result.proposals[0].score + 1)
    touched = replace(result, proposals=(first, *result.proposals[1:]))
    verification = verify_round(snapshot_to_json(snapshot), result_to_json(touched))
    assert not verification.same
    assert verification.differences == (f"proposals[0].score was {first.score}, is now {first.score - 1}",)


def test_a_round_of_another_engine_is_reported_as_not_comparable() -> None:
    stored = snapshot_to_json(a_programme()).replace(f'"engine":{ENGINE}', '"engine":99')
    assert verify_round(stored, "{}").differences == (f"the round was made by engine 99, this is engine {ENGINE}",)
