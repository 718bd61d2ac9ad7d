"""Why a pair fits: one part per criterion, in numbers for admins, in bands and codes for people."""

from dataclasses import dataclass

BANDS = (("strong", 75), ("good", 50), ("some", 25))


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one criterion adds to a pair.

    ``score`` 0 to 100; ``weight`` in thousandths of the whole (the parts of a pair sum to 1000); ``band`` is
    ``strong``, ``good``, ``some`` or "" (nothing to say); ``codes`` are the shared codes behind it, for words.
    """

    criterion: str
    score: int
    weight: int
    band: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why this pair: whether it may be at all, the parts, and the sum.

    ``rules`` names the hard rules that the pair breaks (empty when it is eligible). ``fit`` is the weighted sum of the
    parts in hundredths of a point, 0 to 10,000... divided by 100 it is ``score``, 0 to 100.
    """

    score: int
    band: str
    parts: tuple[Part, ...]
    rules: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[Part, ...]:
        """The parts worth telling people, weightiest contribution first, at most four, none without a band."""
        told = [part for part in self.parts if part.band and part.codes]
        return tuple(sorted(told, key=lambda part: (-part.score * part.weight, part.criterion))[:4])


def band_of(score: int) -> str:
    """The word for a score of 0 to 100: people never see the number."""
    return next((band for band, least in BANDS if score >= least), "")
