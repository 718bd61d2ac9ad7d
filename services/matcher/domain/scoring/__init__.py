"""What a pair is worth: small integer tables looked up by code, overlaps counted by bits, bonuses added."""

from services.matcher.domain.scoring.block import score_block
from services.matcher.domain.scoring.bounds import refuse_too_large
from services.matcher.domain.scoring.scores import Overlap, Scores

__all__ = ["Overlap", "Scores", "refuse_too_large", "score_block"]
