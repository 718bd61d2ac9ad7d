"""Weights suggested by outcomes: criteria on which matches that ended well scored higher than others gain weight.

A logistic regression of "ended well" on the parts of closed matches, with an L2 penalty that pulls towards the weights
in force (so few matches change little), and no negative coefficients. It is a suggestion: its what-if is shown, and
only a person publishes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from services.matcher.domain.explain import Part
from services.matcher.domain.weights import Mode, Setting, Weights, criterion_names

FEWEST = 40
"""The fewest closed matches from which weights are suggested."""
_SCALE = 4.0  # log-odds between a pair with no points and a perfect pair, under the weights in force

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Closed:
    """A closed match: the parts of its score, and whether it ended well according to both people."""

    parts: tuple[Part, ...]
    ended_well: bool


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """``weights`` to try in a what-if; ``loss_before`` and ``loss_after`` are mean log-losses on the matches."""

    weights: Weights
    matches: int
    loss_before: float
    loss_after: float


def suggest_weights(weights: Weights, closed: Sequence[Closed], strength: float = 20.0) -> Suggestion | None:
    """Return suggested weights; None with too few matches, or when all ended alike. ``strength`` scales the penalty."""
    outcomes = np.array([match.ended_well for match in closed], dtype=np.float64)
    if len(closed) < FEWEST or outcomes.min() == outcomes.max():
        return None
    names = [name for name in criterion_names() if weights.setting(name).mode != Mode.OFF]
    points = np.array([_points(match, names) for match in closed])
    current = np.array([weights.setting(name).weight for name in names], dtype=np.float64)
    prior = _SCALE * current / max(1.0, current.sum())
    fixed_fit = _fit(points, outcomes, prior, fixed=True, strength=strength)
    fitted = _fit(points, outcomes, prior, fixed=False, strength=strength)
    settings = _settings(weights, dict(zip(names, fitted[1:] * current.sum() / _SCALE, strict=True)))
    return Suggestion(
        weights=replace(weights, criteria={**weights.criteria, **settings}),
        matches=len(closed),
        loss_before=_loss(fixed_fit, points, outcomes),
        loss_after=_loss(fitted, points, outcomes),
    )


def _points(match: Closed, names: Sequence[str]) -> list[float]:
    scores = {part.criterion: part.score / 100 for part in match.parts}
    return [scores.get(name, 0.5) for name in names]


def _fit(points: Floats, outcomes: Floats, prior: Floats, *, fixed: bool, strength: float) -> Floats:
    """Return the intercept and one coefficient per criterion; with ``fixed`` only the intercept is free."""

    def objective(values: Floats) -> tuple[float, Floats]:
        margin = values[0] + points @ values[1:]
        miss = 1 / (1 + np.exp(-margin)) - outcomes
        pull = values[1:] - prior
        loss = float(np.logaddexp(0, margin).sum() - outcomes @ margin + strength / 2 * pull @ pull)
        return loss, np.concatenate([[miss.sum()], points.T @ miss + strength * pull])

    from scipy.optimize import minimize  # takes 60 MB, and only this function needs it

    bounds = [(None, None)] + [(coefficient, coefficient) if fixed else (0.0, None) for coefficient in prior]
    coefficients: Floats = minimize(
        objective, np.concatenate([[0.0], prior]), jac=True, method="L-BFGS-B", bounds=bounds
    ).x
    return coefficients


def _loss(values: Floats, points: Floats, outcomes: Floats) -> float:
    margin = values[0] + points @ values[1:]
    return float((np.logaddexp(0, margin) - outcomes * margin).mean())


def _settings(weights: Weights, raw: Mapping[str, float]) -> dict[str, Setting]:
    """Return coefficients as weights of 0 to 100, all scaled down together where any would exceed 100."""
    most = max(100.0, *raw.values())
    return {name: Setting(weights.setting(name).mode, round(100 * value / most)) for name, value in raw.items()}
