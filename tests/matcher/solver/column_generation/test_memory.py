"""The compiled core never reaches outside its arrays: its own tests say so under gcc's sanitizers."""

from pathlib import Path

import pytest

from tests.matcher.solver.guarded_arrays import guards, run_guarded

ROOT = Path(__file__).parents[4]
HERE = "tests/matcher/solver"
TRIED = (
    "certify",
    "auction",
    "assign",
    "lists",
    "standing",
    "coming_and_going",
    "left_out_pairs",
    "bad_changes",
    "solve",
)


@pytest.mark.slow
@pytest.mark.skipif(not guards(), reason="no compiler with sanitizers here")
@pytest.mark.timeout(900)
def test_no_array_is_left_and_nothing_undefined_happens(tmp_path: Path) -> None:
    tests = [*(f"{HERE}/test_{name}.py" for name in TRIED), "-k", "not False"]
    done = run_guarded(ROOT, tmp_path, tests, 800)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
