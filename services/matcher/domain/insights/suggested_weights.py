"""Weights suggested by outcomes: what the parts of good matches had that those of others had not.

A logistic regression of "ended well" on the parts of closed matches, with an L2 penalty that pulls towards the weights
in force (so few matches change little), coefficients never negative. It is a suggestion: its what-if is shown, and
only a person publishes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from services.matcher.domain.explain import Part
from services.matcher.domain.weights import Mode, Setting, Weights, criterion_names

FEWEST = 40
"""Fewer closed matches than this suggest nothing."""
_SCALE = 4.0  # log-odds between a pair with no point and a perfect one, under the weights in force

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Closed:
    """A closed match: the parts it was made for, and whether it ended well by what both said."""

    parts: tuple[Part, ...]
    ended_well: bool


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """``weights`` to look at in a what-if; ``loss_before`` and ``loss_after`` are mean log-losses on the matches."""

    weights: Weights
    matches: int
    loss_before: float
    loss_after: float


def suggest_weights(weights: Weights, closed: Sequence[Closed], strength: float = 20.0) -> Suggestion | None:
    """Fit and suggest; None with too few matches, or when all ended alike. ``strength`` is how strong the pull is."""
    outcomes = np.array([one.ended_well for one in closed], dtype=np.float64)
    if len(closed) < FEWEST or outcomes.min() == outcomes.max():
        return None
    names = [name for name in criterion_names() if weights.setting(name).mode != Mode.OFF]
    told = np.array([_points(one, names) for one in closed])
    current = np.array([weights.setting(name).weight for name in names], dtype=np.float64)
    prior = _SCALE * current / max(1.0, current.sum())
    base = _fit(told, outcomes, prior, fixed=True, strength=strength)
    best = _fit(told, outcomes, prior, fixed=False, strength=strength)
    settings = _settings(weights, dict(zip(names, best[1:] * current.sum() / _SCALE, strict=True)))
    return Suggestion(
        weights=replace(weights, criteria={**weights.criteria, **settings}),
        matches=len(closed),
        loss_before=_loss(base, told, outcomes),
        loss_after=_loss(best, told, outcomes),
    )


def _points(one: Closed, names: Sequence[str]) -> list[float]:
    scores = {part.criterion: part.score / 100 for part in one.parts}
    return [scores.get(name, 0.5) for name in names]


def _fit(told: Floats, outcomes: Floats, prior: Floats, *, fixed: bool, strength: float) -> Floats:
    """The intercept and one coefficient per criterion; with ``fixed`` only the intercept is free."""

    def objective(values: Floats) -> tuple[float, Floats]:
        margin = values[0] + told @ values[1:]
        miss = 1 / (1 + np.exp(-margin)) - outcomes
        pull = values[1:] - prior
        loss = float(np.logaddexp(0, margin).sum() - outcomes @ margin + strength / 2 * pull @ pull)
        return loss, np.concatenate([[miss.sum()], told.T @ miss + strength * pull])

    from scipy.optimize import minimize  # 60 MB, and only this question needs it

    bounds = [(None, None)] + [(one, one) if fixed else (0.0, None) for one in prior]
    found: Floats = minimize(objective, np.concatenate([[0.0], prior]), jac=True, method="L-BFGS-B", bounds=bounds).x
    return found


def _loss(values: Floats, told: Floats, outcomes: Floats) -> float:
    margin = values[0] + told @ values[1:]
    return float((np.logaddexp(0, margin) - outcomes * margin).mean())


def _settings(weights: Weights, raw: Mapping[str, float]) -> dict[str, Setting]:
    """Coefficients as weights of 0 to 100, scaled down together where one would be above."""
    most = max(100.0, *raw.values())
    return {name: Setting(weights.setting(name).mode, round(100 * value / most)) for name, value in raw.items()}
