"""Explanations: why a pair fits, why a mentee has no mentor, and what would change that."""

from services.matcher.domain.explain.bottleneck import Bottleneck, bottleneck_of
from services.matcher.domain.explain.explain_pair import explain, parts_of
from services.matcher.domain.explain.explanation import Explanation, Part, band_of, reasons_of
from services.matcher.domain.explain.why_unmatched import (
    Relaxation,
    WhyUnmatched,
    awaited,
    cause_each,
    is_own,
    why_each,
    why_unmatched,
)

__all__ = [
    "Bottleneck",
    "Explanation",
    "Part",
    "Relaxation",
    "WhyUnmatched",
    "awaited",
    "band_of",
    "bottleneck_of",
    "cause_each",
    "explain",
    "is_own",
    "parts_of",
    "reasons_of",
    "why_each",
    "why_unmatched",
]
