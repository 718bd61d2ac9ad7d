"""Scores of pairs: sums of table look-ups by code, points for shared bits, and bonuses."""

from .bounds import largest_fit, refuse_too_large
from .candidate_lists import (
    MOST_FOUND,
    NOTHING,
    CandidateLists,
    DualPrices,
    Pause,
    PriceGuess,
    SlackBound,
    ViolatedPairs,
)
from .dense_scores import score_block, score_pairs
from .native_scorer import NativeScorer
from .python_scorer import PythonScorer
from .score_model import Overlap, ScoreModel

__all__ = [
    "MOST_FOUND",
    "NOTHING",
    "CandidateLists",
    "DualPrices",
    "NativeScorer",
    "Overlap",
    "Pause",
    "PriceGuess",
    "PythonScorer",
    "ScoreModel",
    "SlackBound",
    "ViolatedPairs",
    "largest_fit",
    "refuse_too_large",
    "score_block",
    "score_pairs",
]
