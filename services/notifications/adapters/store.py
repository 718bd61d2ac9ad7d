"""The store of notifications, within one transaction."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from services.notifications.adapters import rows
from services.notifications.adapters.delivery_store import WITH_COUNTS
from services.notifications.adapters.tables import deliveries, matches
from services.notifications.adapters.waiting_store import PendingRows
from services.notifications.domain.match import MatchState
from services.notifications.ports import DeliveryCount, DeliveryFilter, DeliverySummary

_D = deliveries.c


class Store(PendingRows):
    """The store: people and deliveries come from their own modules; lists and figures are here."""

    def deliveries(self, filters: DeliveryFilter) -> Sequence[DeliverySummary]:
        """Return deliveries, newest first, one more than the limit if there are more."""
        query = WITH_COUNTS.where(_D.programme_id == filters.programme_id)
        for column, value in ((_D.kind, filters.kind), (_D.state, filters.state), (_D.person_id, filters.person_id)):
            if value is not None:
                query = query.where(column == value)
        if filters.after is not None:
            moment, last_id = filters.after
            query = query.where((_D.created_at < moment) | ((_D.created_at == moment) & (_D.id < last_id)))
        query = query.order_by(_D.created_at.desc(), _D.id.desc()).limit(filters.limit + 1)
        return [rows.summary_from_row(row) for row in self.connection.execute(query)]

    def counts(self, programme_id: str) -> Sequence[DeliveryCount]:
        """Return the number of deliveries by kind, language and state."""
        by = (_D.kind, _D.locale, _D.state)
        query = sa.select(*by, sa.func.count().label("number")).where(_D.programme_id == programme_id)
        groups = self.connection.execute(query.group_by(*by).order_by(*by))
        return [DeliveryCount(kind=row.kind, locale=row.locale, state=row.state, count=row.number) for row in groups]

    def prune(self, before: datetime) -> int:
        """Delete matches that ended and deliveries that settled before a moment; return the number of rows."""
        old_matches = (matches.c.state == MatchState.ENDED) & (matches.c.changed_at < before)
        deleted = self.connection.execute(matches.delete().where(old_matches)).rowcount
        return deleted + self.connection.execute(deliveries.delete().where(_D.settled_at < before)).rowcount
