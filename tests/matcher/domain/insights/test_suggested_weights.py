from dataclasses import replace
from random import Random

from services.matcher.domain.explain import Part
from services.matcher.domain.insights.suggested_weights import Closed, suggest_weights
from services.matcher.domain.weights import default_weights, validate


def closed(count: int, decisive: str) -> list[Closed]:
    """Matches that ended well exactly when one criterion was strong; topics were strong at random."""
    dice = Random(4)
    found = []
    for _ in range(count):
        scores = {name: dice.choice((0, 100)) for name in ("topics", "goals", "age")}
        parts = tuple(Part(criterion=name, score=score, weight=100, band="") for name, score in scores.items())
        found.append(Closed(parts=parts, ended_well=scores[decisive] == 100))
    return found


def test_what_good_matches_had_in_common_gains_weight() -> None:
    told = suggest_weights(default_weights(), closed(300, "age"))
    assert told is not None
    before, after = default_weights(), told.weights
    share = {
        name: setting.weight / sum(s.weight for s in after.criteria.values())
        for name, setting in after.criteria.items()
    }
    usual = sum(setting.weight for setting in before.criteria.values())
    assert share["age"] > 3 * before.setting("age").weight / usual
    assert share["topics"] < 1.2 * before.setting("topics").weight / usual
    assert told.loss_after < told.loss_before
    assert validate(after) == []


def test_few_matches_suggest_nothing_and_neither_do_matches_that_all_ended_alike() -> None:
    assert suggest_weights(default_weights(), closed(39, "age")) is None
    alike = [replace(one, ended_well=True) for one in closed(100, "age")]
    assert suggest_weights(default_weights(), alike) is None


def test_a_strong_pull_leaves_the_weights_in_force() -> None:
    told = suggest_weights(default_weights(), closed(60, "age"), strength=1e9)
    assert told is not None
    moved = [abs(told.weights.setting(n).weight - default_weights().setting(n).weight) for n in told.weights.criteria]
    assert max(moved) <= 1
