"""Everything notifications keeps, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from services.notifications.adapters import rows
from services.notifications.adapters.delivery_store import WITH_COUNTS
from services.notifications.adapters.tables import deliveries, matches
from services.notifications.adapters.waiting_store import WaitingRows
from services.notifications.domain.match import MatchState
from services.notifications.ports import Count, Shown, Wanted

_D = deliveries.c


class Store(WaitingRows):
    """The store: people and deliveries come from their own files; lists and figures stand here."""

    def deliveries(self, wanted: Wanted) -> Sequence[Shown]:
        """Newest first, one more than the limit when there are more."""
        query = WITH_COUNTS.where(_D.programme_id == wanted.programme_id)
        for column, value in ((_D.kind, wanted.kind), (_D.state, wanted.state), (_D.person_id, wanted.person_id)):
            if value is not None:
                query = query.where(column == value)
        if wanted.after is not None:
            moment, last = wanted.after
            query = query.where((_D.created_at < moment) | ((_D.created_at == moment) & (_D.id < last)))
        query = query.order_by(_D.created_at.desc(), _D.id.desc()).limit(wanted.limit + 1)
        return [rows.shown_from(row) for row in self.connection.execute(query)]

    def counts(self, programme_id: str) -> Sequence[Count]:
        """How many deliveries there are of each kind, language and state."""
        by = (_D.kind, _D.locale, _D.state)
        query = sa.select(*by, sa.func.count().label("number")).where(_D.programme_id == programme_id)
        found = self.connection.execute(query.group_by(*by).order_by(*by))
        return [Count(kind=row.kind, locale=row.locale, state=row.state, count=row.number) for row in found]

    def prune(self, before: datetime) -> int:
        """Drop matches that ended, and deliveries that settled, before a moment; how many."""
        old_matches = (matches.c.state == MatchState.ENDED) & (matches.c.changed_at < before)
        dropped = self.connection.execute(matches.delete().where(old_matches)).rowcount
        return dropped + self.connection.execute(deliveries.delete().where(_D.settled_at < before)).rowcount
