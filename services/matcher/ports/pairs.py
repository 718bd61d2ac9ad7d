"""The port for pins and blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from services.matcher.domain.candidates import Pair
from services.matcher.domain.records import PairRule, PairRuleKind, Position


class Pairs(Protocol):
    """Pins and blocks. A pair is pinned or blocked, never both; a mentee has one pin at most."""

    def of(self, pair: Pair) -> PairRule | None:
        """Return the pin or block of a pair, if any."""

    def pin_of(self, mentee_id: str) -> PairRule | None:
        """Return the pin of a mentee, if any."""

    def listed(
        self, programme_id: str, kind: PairRuleKind, *, after: Position | None, limit: int
    ) -> Sequence[PairRule]:
        """List the pins or blocks of a programme, the latest first, after a position."""

    def hold(self, pair: Pair) -> bool:
        """Lock both people of a pair until the transaction ends; return False when one of them does not exist."""

    def keep(self, rule: PairRule) -> None:
        """Store the pin or block of a pair that has none yet."""

    def drop(self, pair: Pair, kind: PairRuleKind) -> bool:
        """Delete a pin or block; return False when there was none."""
