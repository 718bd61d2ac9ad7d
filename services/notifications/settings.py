"""The settings of notifications; the chassis' service settings hold those of every service."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address, HeaderRegistry
from pathlib import Path
from urllib.parse import urlsplit

from services.chassis.identity.encryption import read_keys
from services.chassis.service.service_settings import DEVELOPMENT_LINK_SECRET, ServiceSettings
from services.chassis.service.settings import number, rotating_secret, secret, text
from services.notifications.domain.quiet import QuietHours, read_quiet_hours

# This key is public: fine on a developer's machine, refused in production.
DEVELOPMENT_CONTACT_KEYS = '{"k1": "ZGV2ZWxvcG1lbnQgY29udGFjdCBrZXksIG5vdCBzYWY="}'
_DEFAULT_QUIET_HOURS = "21:00-08:00"


def check_mail_url(value: str) -> None:
    """Raise ValueError for a MAIL_URL that no channel can use."""
    parts = urlsplit(value)
    by_file = parts.scheme == "maildir" and parts.path.startswith("/")
    by_smtp = parts.scheme == "smtp" and bool(parts.hostname) and parts.port != 0
    if not (by_file or by_smtp):
        raise ValueError("has to look like maildir:///absolute/folder or smtp://host:587?starttls=1")


def check_sender(value: str) -> None:
    """Raise ValueError for a sender that is not exactly one address."""
    addresses: Sequence[Address] = ()
    with suppress(IndexError, ValueError):  # raised by the header parser for a malformed address
        addresses = getattr(HeaderRegistry()("From", value), "addresses", ())
    if len(addresses) != 1 or not addresses[0].domain or not value.isprintable():
        raise ValueError("has to be one address, such as Cairn <cairn@example.org>")


def check_quiet_hours(value: str) -> None:
    """Raise ValueError for malformed quiet hours."""
    if value != "auto":
        read_quiet_hours(value)


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """The scheme of ``mail_url`` selects the channel; ``quiet_hours`` ``auto`` means at night, never in development."""

    contact_keys: str = secret(development=DEVELOPMENT_CONTACT_KEYS, check=read_keys, roles={"worker"})
    mail_url: str = secret(check=check_mail_url, roles={"worker"})
    link_secret: str = rotating_secret(min_length=32, development=DEVELOPMENT_LINK_SECRET, roles={"api", "worker"})
    mail_from: str = text("Cairn <cairn@localhost>", check=check_sender)
    mail_workers: int = number(2, least=1, most=16)
    programme_name: str = text("Cairn")
    quiet_hours: str = text("auto", check=check_quiet_hours)

    @property
    def quiet(self) -> QuietHours | None:
        """Return the programme's quiet hours: none in development, so that a first mail shows at once."""
        if self.quiet_hours == "auto":
            return read_quiet_hours(_DEFAULT_QUIET_HOURS) if self.production else None
        return read_quiet_hours(self.quiet_hours)

    @property
    def mail_folder(self) -> Path | None:
        """Return the folder of the file channel; None when mail is really sent."""
        parts = urlsplit(self.mail_url)
        return Path(parts.path) if parts.scheme == "maildir" else None

    @property
    def mailbox(self) -> Path | None:
        """Return the folder of the development mailbox; None in production and when mail is really sent."""
        return None if self.production else self.mail_folder
