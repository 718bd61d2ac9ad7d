"""The compiled core never accesses memory outside its arrays: the solver's tests pass under gcc's sanitizers."""

from pathlib import Path

import pytest

from tests.matcher.solver.guarded_arrays import guards, run_guarded

ROOT = Path(__file__).parents[4]
HERE = "tests/matcher/solver"
TESTS = (
    f"{HERE}/assignment/test_certificate",
    f"{HERE}/assignment/test_auction",
    f"{HERE}/assignment/test_transport",
    f"{HERE}/scoring/test_candidate_lists",
    f"{HERE}/dynamic/test_dynamic_assignment",
    f"{HERE}/column_generation/test_solve",
    "tests/bench/single_changes/test_listed_assignment",
    "tests/bench/single_changes/test_arrivals_and_departures",
    "tests/bench/single_changes/test_left_out_pairs",
    "tests/bench/single_changes/test_bad_changes",
)


@pytest.mark.slow
@pytest.mark.skipif(not guards(), reason="no compiler with sanitizers here")
@pytest.mark.timeout(900)
def test_the_core_has_no_invalid_access_and_no_undefined_behaviour(tmp_path: Path) -> None:
    tests = [*(f"{name}.py" for name in TESTS), "-k", "not False"]
    done = run_guarded(ROOT, tmp_path, tests, 800)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
