"""The part of eligibility that scoring uses."""

from typing import Protocol

from ..arrays import I64, U64


class Grouping(Protocol):
    """The class of each mentee and the mentors each class may meet; ``eligibility.MenteeClasses`` implements it."""

    @property
    def class_of(self) -> I64:
        """(M,) class of each mentee."""

    @property
    def rows(self) -> I64:
        """(K, rules) rows of ``bits`` whose AND is the mentors of a class."""

    @property
    def bits(self) -> U64:
        """(B, W) bit p: the mentor at position p meets the rule."""

    @property
    def mentor_order(self) -> I64:
        """(N,) mentor row at each position."""

    @property
    def excluded_start(self) -> I64:
        """(M + 1,) exclusions of each mentee."""

    @property
    def excluded(self) -> I64:
        """Mentor positions."""

    def positions_of(self, mentee_class: int) -> I64:
        """Return the mentor positions that a class may meet, before exclusions."""
