"""Pins and blocks as the use cases see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from services.matcher.domain.candidates import Pair
from services.matcher.domain.records import PairRule, PairRuleKind, Position


class Pairs(Protocol):
    """What admins decided about single pairs. A pair is pinned or blocked, never both; a mentee has one pin at most."""

    def of(self, pair: Pair) -> PairRule | None:
        """What was decided about a pair."""

    def pin_of(self, mentee_id: str) -> PairRule | None:
        """The pin of a mentee."""

    def listed(
        self, programme_id: str, kind: PairRuleKind, *, after: Position | None, limit: int
    ) -> Sequence[PairRule]:
        """The pins or blocks of a programme, the latest first, behind a position."""

    def hold(self, pair: Pair) -> bool:
        """Lock both people of a pair until the transaction ends; False when one of them is not there."""

    def keep(self, rule: PairRule) -> None:
        """Store a decision about a pair that has none yet."""

    def drop(self, pair: Pair, kind: PairRuleKind) -> bool:
        """Remove a decision; False when there was none of this kind."""
