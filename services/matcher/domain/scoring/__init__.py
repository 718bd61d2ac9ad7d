"""What a pair is worth: small integer tables looked up by code, overlaps counted by bits, bonuses added."""

from services.matcher.domain.scoring.block import score_block, score_pairs
from services.matcher.domain.scoring.bounds import largest_fit, refuse_too_large
from services.matcher.domain.scoring.compiled_scorer import CompiledScorer
from services.matcher.domain.scoring.lists import MOST_FOUND, NOTHING, Guide, Lists, Pause, Prices, Stair, Uncovered
from services.matcher.domain.scoring.plain_scorer import PlainScorer
from services.matcher.domain.scoring.scores import Overlap, Scores

__all__ = [
    "MOST_FOUND",
    "NOTHING",
    "CompiledScorer",
    "Guide",
    "Lists",
    "Overlap",
    "Pause",
    "PlainScorer",
    "Prices",
    "Scores",
    "Stair",
    "Uncovered",
    "largest_fit",
    "refuse_too_large",
    "score_block",
    "score_pairs",
]
