"""What the routes share: transactions, signed links, and the development mailbox."""

from dataclasses import dataclass

from services.chassis.identity.signed_links import LinkSigner
from services.notifications.ports import MailReader, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiContext:
    """The dependencies of the routes; ``mailbox`` is None where mail is really sent."""

    uow: Unit
    links: LinkSigner
    mailbox: MailReader | None
