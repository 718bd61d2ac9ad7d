"""Store versions of weights in tables; a counter per programme admits one publication at a time."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.core.errors import NotFound
from services.chassis.storage.database import conflict_insert, insert_or_skip
from services.chassis.storage.unit_of_work import Transaction
from services.matcher.adapters import tables as t
from services.matcher.adapters.rows import draft_of, published_of
from services.matcher.domain.records import PublishedWeights, WeightsDraft
from services.matcher.domain.weights import default_weights, weights_to_json

FIRST = PublishedWeights(weights=default_weights(1), published_at=None, by="cairn", reason="What Cairn starts with.")
_W = t.weights.c
_D = t.weights_drafts.c


class WeightsStore:
    """See ``ports.WeightsVersions``."""

    def __init__(self, tx: Transaction) -> None:
        self._now = tx.now
        self._connection = tx.connection

    def current(self, programme_id: str) -> PublishedWeights:
        """Return the version in force."""
        return self.listed(programme_id, below=None, limit=1)[0]

    def version(self, programme_id: str, version: int) -> PublishedWeights:
        """Return a version; raise NotFound."""
        query = sa.select(t.weights).where(_W.programme_id == programme_id, _W.version == version)
        row = self._connection.execute(query).first()
        if row is not None:
            return published_of(row)
        if version == 1:
            return FIRST
        raise NotFound("weights_unknown", "There is no such version of the weights.")

    def listed(self, programme_id: str, *, below: int | None, limit: int) -> Sequence[PublishedWeights]:
        """List the versions below a version number, the newest first; the initial weights come last."""
        under = sa.true() if below is None else _W.version < below
        query = sa.select(t.weights).where(_W.programme_id == programme_id, under).order_by(_W.version.desc())
        versions = [published_of(row) for row in self._connection.execute(query.limit(limit))]
        if len(versions) < limit and (below is None or below > 1):
            versions.append(FIRST)
        return versions

    def publish(self, programme_id: str, published: PublishedWeights, *, after: int) -> bool:
        """Put a new version in force if ``after`` is still in force; return False otherwise."""
        insert_or_skip(self._connection, t.programmes, {"programme_id": programme_id})
        stepped = self._connection.execute(
            t.programmes.update()
            .where(t.programmes.c.programme_id == programme_id, t.programmes.c.weights_version == after)
            .values(weights_version=published.weights.version)
        )
        if stepped.rowcount != 1:
            return False
        row: dict[str, Any] = {
            "programme_id": programme_id,
            "version": published.weights.version,
            "settings": weights_to_json(published.weights),
            "published_at": self._now,
            "by": published.by,
            "reason": published.reason,
        }
        self._connection.execute(t.weights.insert().values(row))
        return True

    def draft(self, programme_id: str, *, lock: bool = False) -> WeightsDraft | None:
        """Return the programme's draft, if any; ``lock`` keeps others from changing it until the transaction ends."""
        query = sa.select(t.weights_drafts).where(_D.programme_id == programme_id)
        row = self._connection.execute(query.with_for_update() if lock else query).first()
        return None if row is None else draft_of(row)

    def keep_draft(self, programme_id: str, draft: WeightsDraft) -> bool:
        """Store a draft whose revision follows the stored one (1 for the first); return False when it does not."""
        insert = conflict_insert(self._connection, t.weights_drafts).values(
            programme_id=programme_id,
            revision=draft.revision,
            based_on=draft.based_on,
            settings=weights_to_json(draft.weights),
            by=draft.by,
            saved_at=draft.saved_at,
        )
        changed = {name: insert.excluded[name] for name in ("revision", "based_on", "settings", "by", "saved_at")}
        kept = insert.on_conflict_do_update(
            index_elements=[_D.programme_id], set_=changed, where=_D.revision == draft.revision - 1
        )
        return self._connection.execute(kept.returning(_D.revision)).first() is not None

    def discard_draft(self, programme_id: str) -> None:
        """Delete the draft."""
        self._connection.execute(t.weights_drafts.delete().where(_D.programme_id == programme_id))
