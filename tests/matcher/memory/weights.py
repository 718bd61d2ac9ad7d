"""Weights in memory: see ``adapters/weights_store.py``."""

from __future__ import annotations

from collections.abc import Sequence

from services.chassis.core.errors import NotFound
from services.matcher.domain.records import PublishedWeights, WeightsDraft
from services.matcher.domain.weights import default_weights
from tests.matcher.memory.state import Aggregate


class MemoryWeights(Aggregate):
    def _versions(self, programme_id: str) -> list[PublishedWeights]:
        first = PublishedWeights(weights=default_weights(1), published_at=None, by="cairn", reason="first")
        return [first, *self.state.weights.get(programme_id, [])]

    def current(self, programme_id: str) -> PublishedWeights:
        return self._versions(programme_id)[-1]

    def version(self, programme_id: str, version: int) -> PublishedWeights:
        found = [one for one in self._versions(programme_id) if one.weights.version == version]
        if not found:
            raise NotFound("weights_unknown", "There is no such version of the weights.")
        return found[0]

    def listed(self, programme_id: str, *, below: int | None, limit: int) -> Sequence[PublishedWeights]:
        rows = [one for one in self._versions(programme_id) if below is None or one.weights.version < below]
        return rows[::-1][:limit]

    def publish(self, programme_id: str, published: PublishedWeights, *, after: int) -> bool:
        if self.current(programme_id).weights.version != after:
            return False
        self.state.weights.setdefault(programme_id, []).append(published)
        return True

    def draft(self, programme_id: str, *, lock: bool = False) -> WeightsDraft | None:
        return self.state.drafts.get(programme_id)

    def keep_draft(self, programme_id: str, draft: WeightsDraft) -> bool:
        before = self.state.drafts.get(programme_id)
        if draft.revision != (before.revision + 1 if before else 1):
            return False
        self.state.drafts[programme_id] = draft
        return True

    def discard_draft(self, programme_id: str) -> None:
        self.state.drafts.pop(programme_id, None)
