"""Answers to "why": why this mentor, why nobody yet, what would change it."""

from services.matcher.domain.explain.hall import Crowd, crowd_of
from services.matcher.domain.explain.pair import explain, parts_of
from services.matcher.domain.explain.parts import Explanation, Part, band_of, reasons_of
from services.matcher.domain.explain.unmatched import (
    Relaxation,
    WhyUnmatched,
    awaited,
    cause_each,
    is_own,
    why_each,
    why_unmatched,
)

__all__ = [
    "Crowd",
    "Explanation",
    "Part",
    "Relaxation",
    "WhyUnmatched",
    "awaited",
    "band_of",
    "cause_each",
    "crowd_of",
    "explain",
    "is_own",
    "parts_of",
    "reasons_of",
    "why_each",
    "why_unmatched",
]
