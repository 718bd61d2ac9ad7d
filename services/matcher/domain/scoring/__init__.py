"""What a pair is worth: small integer tables looked up by code, overlaps counted by bits, bonuses added."""

from services.matcher.domain.scoring.scores import Overlap, Scores

__all__ = ["Overlap", "Scores"]
