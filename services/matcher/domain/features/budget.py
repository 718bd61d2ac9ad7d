"""How a mentee's 1,000 thousandths are shared out over the criteria.

Everybody hands out the same total, so that saying more, or boosting what matters most, moves weight between criteria
and never adds any: nobody's fit outweighs another's.
"""

from services.matcher.domain.people import Mentee
from services.matcher.domain.weights import Mode, Weights, criterion_data, criterion_names

WHOLE = 1000
BEST_FIT = 100 * WHOLE
"""The fit of a pair that is perfect on every criterion."""


def shares(weights: Weights, matters_most: frozenset[str]) -> tuple[int, ...]:
    """Thousandths per criterion, in the order of ``criterion_names()``; they sum to 1,000.

    Rounded by largest remainder, earlier criteria first among equals.
    """
    names = criterion_names()
    raw = [_raw(weights, name, name in matters_most) for name in names]
    total = sum(raw)
    if total == 0:
        return (0,) * len(names)
    floors = [WHOLE * one // total for one in raw]
    by_remainder = sorted(range(len(names)), key=lambda k: (-(WHOLE * raw[k] % total), k))
    for k in by_remainder[: WHOLE - sum(floors)]:
        floors[k] += 1
    return tuple(floors)


def matters(mentee: Mentee) -> frozenset[str]:
    """What matters most to a mentee: the first three they named."""
    return frozenset(tuple(dict.fromkeys(mentee.facts.matters_most))[:3])


def _raw(weights: Weights, name: str, boosted: bool) -> int:
    setting = weights.setting(name)
    if setting.mode == Mode.OFF or (criterion_data(name).get("only_when_asked") and not boosted):
        return 0
    return setting.weight * (weights.matters_boost if boosted else 1)
