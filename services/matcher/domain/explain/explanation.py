"""Why a pair fits: one part per criterion, in numbers for admins, in bands and codes for people."""

from dataclasses import dataclass

BANDS = (("strong", 75), ("good", 50), ("some", 25))


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one criterion adds to a pair.

    ``score`` 0 to 100; ``weight`` in thousandths of the whole (the parts of a pair sum to 1000); ``codes`` are the
    shared codes behind it, for words; ``band`` is ``strong``, ``good``, ``some``, or "" where there is nothing to say
    (no shared code, or too little).
    """

    criterion: str
    score: int
    weight: int
    band: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why this pair: the parts, and their weighted sum as ``score``, 0 to 100.

    ``rules`` names the hard rules that the pair breaks (empty when it is eligible).
    """

    score: int
    band: str
    parts: tuple[Part, ...]
    rules: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[Part, ...]:
        """The parts worth telling people, weightiest contribution first, at most four, none without a band."""
        return reasons_of(self.parts)


def reasons_of(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts worth telling people, the one that adds most first, at most four."""
    told = [part for part in parts if part.band]
    return tuple(sorted(told, key=lambda part: (-part.score * part.weight, part.criterion))[:4])


def band_of(score: int) -> str:
    """The word for a score of 0 to 100: people never see the number."""
    return next((band for band, least in BANDS if score >= least), "")
