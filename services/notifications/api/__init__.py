"""The HTTP API of notifications: deliveries, preferences, unsubscribing, and the development mailbox."""

from collections.abc import Sequence

from services.chassis.web.api import Blueprint
from services.notifications.api.context import ApiContext
from services.notifications.api.deliveries import deliveries_routes
from services.notifications.api.mailbox import mailbox_routes
from services.notifications.api.preferences import preferences_routes
from services.notifications.api.unsubscribe import unsubscribe_routes

__all__ = ["ApiContext", "routes"]


def routes(context: ApiContext) -> Sequence[Blueprint]:
    """Return the blueprints of this service."""
    makers = (deliveries_routes, preferences_routes, unsubscribe_routes, mailbox_routes)
    return tuple(make(context) for make in makers)
