"""Answers to "why": why this mentor, why nobody yet, what would change it."""

from services.matcher.domain.explain.pair import explain
from services.matcher.domain.explain.parts import Explanation, Part, band_of

__all__ = ["Explanation", "Part", "band_of", "explain"]
