"""Explain one pair."""

from datetime import datetime

from services.matcher.domain.explain.parts import Explanation
from services.matcher.domain.people import Mentee, Mentor
from services.matcher.domain.weights import Weights


def explain(mentee: Mentee, mentor: Mentor, weights: Weights, at: datetime) -> Explanation:
    """Say why the pair fits, or which hard rules it breaks; the same numbers the round used."""
    raise RuntimeError("the engine is being written")
