"""What scoring needs to know about eligibility, without knowing how it is decided."""

from typing import Protocol

from ..arrays import I64, U64


class Grouping(Protocol):
    """Mentees by kind and the mentors each kind may meet; `eligibility.Kinds` is one."""

    @property
    def kind_of(self) -> I64:
        """(M,) kind of each mentee."""

    @property
    def rows(self) -> I64:
        """(K, rules) rows of `bits` whose AND is the mentors of a kind."""

    @property
    def bits(self) -> U64:
        """(B, W) bit p: the mentor at position p passes."""

    @property
    def mentor_order(self) -> I64:
        """(N,) mentor row at each position."""

    @property
    def excluded_start(self) -> I64:
        """(M + 1,) exclusions of each mentee."""

    @property
    def excluded(self) -> I64:
        """Mentor positions."""

    def positions_of(self, kind: int) -> I64:
        """Return the mentor positions a kind may meet, before exclusions."""
