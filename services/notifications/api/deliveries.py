"""Routes of deliveries: the list and the figures, for the programme's admins."""

from collections import Counter
from datetime import datetime
from typing import Any

from services.chassis.web.access_policy import allow, current
from services.chassis.web.api import Blueprint
from services.chassis.web.pagination import page, read_cursor
from services.chassis.web.problem import problem
from services.notifications.api.context import ApiContext
from services.notifications.api.schemas import DeliveryPage, DeliveryQuery, StatsSchema
from services.notifications.domain.delivery import State
from services.notifications.ports import DeliveryCount, DeliveryFilter
from services.notifications.use_cases.read_deliveries import count_deliveries, list_deliveries


def deliveries_routes(context: ApiContext) -> Blueprint:
    """Return the routes for admins."""
    routes = Blueprint("deliveries", __name__, description="Which messages were sent, which were not, and why")

    @routes.route("/notifications/v1/deliveries", methods=["GET"])
    @allow("deliveries:read")
    @routes.arguments(DeliveryQuery, location="query")
    @routes.response(200, DeliveryPage)
    def deliveries(query: dict[str, Any]) -> dict[str, Any]:
        """List the programme's messages.

        Newest first. Each row has the kind of message, its recipient, the id it is about, its state and the number of
        attempts. Addresses, names and texts are not shown, and of an erased person only the count.
        """
        filters = DeliveryFilter(
            programme_id=current().programme,
            kind=query["kind"],
            state=query["state"],
            person_id=query["person_id"],
            after=_position(read_cursor(query["cursor"])),
            limit=query["limit"],
        )
        rows = list_deliveries(context.uow, filters)
        return page(rows, limit=filters.limit, position=lambda row: (row.created_at.isoformat(), row.id))

    @routes.route("/notifications/v1/stats", methods=["GET"])
    @allow("reports:read")
    @routes.response(200, StatsSchema)
    def stats() -> dict[str, Any]:
        """Count the programme's messages.

        By kind, language and state, with the delivered ones summed by language and by kind.
        """
        counts = count_deliveries(context.uow, current().programme)
        delivered = [count for count in counts if count.state == State.DELIVERED]
        return {
            "items": counts,
            "delivered_by_locale": _sum(delivered, "locale"),
            "delivered_by_kind": _sum(delivered, "kind"),
        }

    return routes


def _position(cursor: tuple[Any, ...] | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    try:
        moment, last_id = cursor
        return datetime.fromisoformat(moment), str(last_id)
    except (ValueError, TypeError):
        raise problem(
            422,
            "cursor_unknown",
            "Unknown cursor",
            "This cursor doesn't belong to this list. Please leave it out to begin again.",
            field="cursor",
        ) from None


def _sum(counts: list[DeliveryCount], by: str) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for count in counts:
        sums[getattr(count, by)] += count.count
    return dict(sorted(sums.items()))
