"""Why a pair fits: one part per criterion, in numbers for admins, in bands and codes for people."""

from dataclasses import dataclass

BANDS = (("strong", 75), ("good", 50), ("some", 25))


@dataclass(frozen=True, kw_only=True)
class Part:
    """The contribution of one criterion to the score of a pair.

    ``score`` 0 to 100; ``weight`` in thousandths of the whole (the parts of a pair sum to 1000); ``codes`` are the
    shared codes behind the score, shown as words; ``band`` is ``strong``, ``good``, ``some``, or "" where the part is
    not shown (no shared code, or a low score).
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
        """Return the parts to show to people (see ``reasons_of``)."""
        return reasons_of(self.parts)


def reasons_of(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return the parts to show to people: at most four, all with a band, largest contribution first."""
    shown = [part for part in parts if part.band]
    return tuple(sorted(shown, key=lambda part: (-part.score * part.weight, part.criterion))[:4])


def band_of(score: int) -> str:
    """Return the band of a score of 0 to 100, "" below all bands: people never see the number."""
    return next((band for band, least in BANDS if score >= least), "")
