from dataclasses import replace
from random import Random

from services.matcher.domain.explain import Part
from services.matcher.domain.insights.suggested_weights import Closed, suggest_weights
from services.matcher.domain.weights import default_weights, validate


def closed(count: int, decisive: str) -> list[Closed]:
    """Return matches that ended well exactly when the decisive criterion was strong."""
    dice = Random(4)
    matches = []
    for _ in range(count):
        scores = {name: dice.choice((0, 100)) for name in ("topics", "goals", "age")}
        parts = tuple(Part(criterion=name, score=score, weight=100, band="") for name, score in scores.items())
        matches.append(Closed(parts=parts, ended_well=scores[decisive] == 100))
    return matches


def test_criteria_shared_by_good_matches_gain_weight() -> None:
    suggestion = suggest_weights(default_weights(), closed(300, "age"))
    assert suggestion is not None
    before, after = default_weights(), suggestion.weights
    share = {
        name: setting.weight / sum(s.weight for s in after.criteria.values())
        for name, setting in after.criteria.items()
    }
    usual = sum(setting.weight for setting in before.criteria.values())
    assert share["age"] > 3 * before.setting("age").weight / usual
    assert share["topics"] < 1.2 * before.setting("topics").weight / usual
    assert suggestion.loss_after < suggestion.loss_before
    assert validate(after) == []


def test_few_matches_or_matches_that_all_ended_alike_suggest_nothing() -> None:
    assert suggest_weights(default_weights(), closed(39, "age")) is None
    alike = [replace(match, ended_well=True) for match in closed(100, "age")]
    assert suggest_weights(default_weights(), alike) is None


def test_a_strong_penalty_leaves_the_weights_in_force() -> None:
    suggestion = suggest_weights(default_weights(), closed(60, "age"), strength=1e9)
    assert suggestion is not None
    moved = [
        abs(suggestion.weights.setting(n).weight - default_weights().setting(n).weight)
        for n in suggestion.weights.criteria
    ]
    assert max(moved) <= 1
