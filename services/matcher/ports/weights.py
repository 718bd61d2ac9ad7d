"""The weights as the use cases see them: published versions, and the draft that is worked on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from services.matcher.domain.records import PublishedWeights, WeightsDraft


class WeightsShelf(Protocol):
    """The versions of a programme's weights; before the first publication the ones Cairn starts with."""

    def current(self, programme_id: str) -> PublishedWeights:
        """The version in force."""

    def version(self, programme_id: str, version: int) -> PublishedWeights:
        """One version; raises NotFound."""

    def listed(self, programme_id: str, *, below: int | None, limit: int) -> Sequence[PublishedWeights]:
        """The versions, the newest first, under a version number."""

    def publish(self, programme_id: str, published: PublishedWeights, *, after: int) -> bool:
        """Put a new version in force if ``after`` is still the one in force; False otherwise."""

    def draft(self, programme_id: str, *, lock: bool = False) -> WeightsDraft | None:
        """The programme's draft; ``lock`` keeps others from changing it until the transaction ends."""

    def keep_draft(self, programme_id: str, draft: WeightsDraft) -> bool:
        """Store a draft whose revision follows the stored one (1 where there is none); False when it does not."""

    def discard_draft(self, programme_id: str) -> None:
        """Remove the draft."""
