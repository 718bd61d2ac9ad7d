"""The HTTP API of notifications: deliveries, preferences, unsubscribing, and the development mailbox."""

from collections.abc import Sequence

from services.chassis.identity.signed_links import LinkSigner
from services.chassis.web.api import Blueprint
from services.notifications.api.deliveries import deliveries_routes
from services.notifications.api.mailbox import mailbox_routes
from services.notifications.api.preferences import preferences_routes
from services.notifications.api.unsubscribe import unsubscribe_routes
from services.notifications.ports import MailReader, Unit


def blueprints(uow: Unit, links: LinkSigner, mailbox: MailReader | None) -> Sequence[Blueprint]:
    """Return the blueprints; ``mailbox`` is None where mail is really sent."""
    return (
        deliveries_routes(uow),
        preferences_routes(uow),
        unsubscribe_routes(uow, links),
        mailbox_routes(mailbox),
    )
