"""The port for weights: published versions, and the draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from services.matcher.domain.records import PublishedWeights, WeightsDraft


class WeightsVersions(Protocol):
    """The versions of a programme's weights; before the first publication, the initial ones."""

    def current(self, programme_id: str) -> PublishedWeights:
        """Return the version in force."""

    def version(self, programme_id: str, version: int) -> PublishedWeights:
        """Return a version; raise NotFound."""

    def listed(self, programme_id: str, *, below: int | None, limit: int) -> Sequence[PublishedWeights]:
        """List the versions below a version number, the newest first."""

    def publish(self, programme_id: str, published: PublishedWeights, *, after: int) -> bool:
        """Put a new version in force if ``after`` is still in force; return False otherwise."""

    def draft(self, programme_id: str, *, lock: bool = False) -> WeightsDraft | None:
        """Return the programme's draft, if any; ``lock`` keeps others from changing it until the transaction ends."""

    def keep_draft(self, programme_id: str, draft: WeightsDraft) -> bool:
        """Store a draft whose revision follows the stored one (1 for the first); return False when it does not."""

    def discard_draft(self, programme_id: str) -> None:
        """Delete the draft."""
