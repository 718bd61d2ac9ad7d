"""The benchmark is fair: peers get the same pairs, their answers are checked, and slow ones are named."""

import time
from dataclasses import replace

import numpy as np
import pytest

from bench import contest as contests
from bench.contest import contest
from bench.markets import PLACES_PER_MENTEE, a_pool
from bench.matching import main
from bench.peers import PEERS, Entry, Pairs, Peer, eligible_pairs
from bench.tables import Row, disagreements, line, measured, summary
from services.matcher.solver.column_generation import solve

EVERYWHERE = [name for name, entry in PEERS.items() if entry.exact and entry.there]


@pytest.mark.parametrize("objective", ["fit", "coverage"])
@pytest.mark.parametrize("regime", PLACES_PER_MENTEE)
def test_every_exact_peer_gives_our_value_and_greedy_no_more(regime: str, objective: str) -> None:
    pool = a_pool(40, 12, regime, objective=objective)
    pairs = eligible_pairs(pool)
    ours = solve(pool.rules, pool.scores, pool.capacity, tie_break=pool.tie_break).assignment
    best = pairs.worth(ours.mentor_of)
    assert best[0] == ours.value
    for name in EVERYWHERE:
        peer = PEERS[name].prepare(pairs)
        worth = pairs.worth(peer.mentor_of(peer.run()))
        assert worth[0] == best[0], name
        assert objective == "fit" or worth[1] == best[1], name
    greedy = PEERS["greedy"].prepare(pairs)
    assert pairs.worth(greedy.mentor_of(greedy.run()))[0] <= best[0]


def test_an_answer_that_breaks_a_rule_is_not_taken() -> None:
    pairs = Pairs(np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([5, 4, 3]), np.array([1, 1]), 2)
    assert pairs.worth(np.array([0, 1])) == (8, 2)
    assert pairs.worth(np.array([-1, -1])) == (0, 0)
    with pytest.raises(ValueError, match="not eligible"):
        pairs.worth(np.array([1, -1]))
    with pytest.raises(ValueError, match="more people than places"):
        pairs.worth(np.array([0, 0]))
    assert replace(pairs, capacity=np.array([2, 1])).worth(np.array([0, 0])) == (9, 2)


def a_solver(seconds: float, *, breaks: bool = False) -> Entry:
    def prepare(pairs: Pairs) -> Peer:
        nobody = np.full(pairs.mentees, -1, np.int64)
        return Peer(lambda: time.sleep(seconds), lambda _: 1 // (not breaks) * nobody)

    return Entry(prepare, exact=True, largest=100)


def test_solvers_take_turns_and_the_slow_and_the_broken_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"quick": a_solver(0), "endless": a_solver(3600), "broken": a_solver(0, breaks=True)}
    monkeypatch.setattr(contests, "PEERS", known)
    case = {"mentees": 20, "mentors": 6, "regime": "scarce", "objective": "fit", "seed": 1}
    rows = contest(case, ["cairn plain", *known], repeat=3, patience=10)
    assert [len(rows[name]["runs"]) for name in rows] == [3, 3, 0, 0]
    assert rows["cairn plain"]["proved"]
    assert rows["quick"]["value"] == rows["quick"]["matched"] == 0
    assert rows["endless"]["gave_up_after"] == 10
    assert rows["broken"]["failed"].startswith("ZeroDivisionError")


def a_row(solver: str, value: int, matched: int, wall: float, **more: object) -> Row:
    case = {"mentees": 1000, "mentors": 300, "regime": "scarce", "objective": "coverage", "seed": 1}
    runs = [{"wall": wall, "cpu": wall}]
    sizes = {"megabytes": 20.0, "megabytes_before": 10.0}
    return measured({**case, "solver": solver, "value": value, "matched": matched, "runs": runs, **sizes, **more})


OURS = {"eligible_pairs": 36_000, "proved": True}


def test_exact_solvers_that_differ_are_named() -> None:
    ours = a_row("cairn compiled", 9, 3, 0.01, **OURS)
    assert disagreements([ours, a_row("scipy dense", 9, 3, 1.0), a_row("greedy", 7, 2, 1.0)]) == []
    assert "scipy dense" in disagreements([ours, a_row("scipy dense", 10, 3, 1.0)])[0]
    assert disagreements([ours, a_row("scipy dense", 9, 2, 1.0)]), "as many people have to be matched"


def test_the_summary_sets_the_best_exact_peer_next_to_the_goal() -> None:
    ours = a_row("cairn compiled", 9, 3, 0.01, **OURS)
    slow, quick = a_row("scipy dense", 9, 3, 0.5), a_row("scipy sparse", 9, 3, 0.031)
    told = "\n".join(summary([ours, slow, quick, a_row("greedy", 7, 2, 0.001)]))
    assert "scipy sparse         3.1     3.1   3.0  met" in told
    assert "104.2 times the floor, goal 4.0, not met" in told
    assert "2.9     2.9   3.0  not met" in "\n".join(summary([ours, a_row("scipy sparse", 9, 3, 0.029)]))
    assert "77.8 % of the best" in line(a_row("greedy", 7, 2, 0.001), ours)


def test_the_command_prints_a_table_and_agrees_with_itself(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--sizes", "30x10", "--regimes", "scarce", "--objectives", "fit", "--repeat", "2"]
    assert main([*asked, "--solvers", "cairn plain,scipy dense,greedy"]) == 0
    told = capsys.readouterr().out
    assert "every exact solver agrees" in told
    assert "scipy dense" in told
    with pytest.raises(SystemExit):
        main([*asked, "--solvers", "abacus"])
    assert "no such solver: abacus" in capsys.readouterr().err
