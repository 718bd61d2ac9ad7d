"""What notifications is told from outside; see the chassis' service settings for what every service shares."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address, HeaderRegistry
from pathlib import Path
from urllib.parse import urlsplit

from services.chassis.identity.encryption import read_keys
from services.chassis.service.service_settings import ServiceSettings
from services.chassis.service.settings import number, secret, text
from services.notifications.domain.quiet import QuietHours, read_quiet_hours

# A key that everyone can read here: good for one's own machine, refused in production.
DEVELOPMENT_CONTACT_KEYS = '{"k1": "ZGV2ZWxvcG1lbnQgY29udGFjdCBrZXksIG5vdCBzYWY="}'
_HOUSE_QUIET_HOURS = "21:00-08:00"


def check_mail_url(value: str) -> None:
    """ValueError for a MAIL_URL that no channel can use."""
    parts = urlsplit(value)
    by_file = parts.scheme == "maildir" and parts.path.startswith("/")
    by_smtp = parts.scheme == "smtp" and bool(parts.hostname) and parts.port != 0
    if not (by_file or by_smtp):
        raise ValueError("has to look like maildir:///absolute/folder or smtp://host:587?starttls=1")


def check_sender(value: str) -> None:
    """ValueError for a sender that is not exactly one address."""
    addresses: Sequence[Address] = ()
    with suppress(IndexError, ValueError):  # what the header parser says of what it cannot read
        addresses = getattr(HeaderRegistry()("From", value), "addresses", ())
    if len(addresses) != 1 or not addresses[0].domain or not value.isprintable():
        raise ValueError("has to be one address, such as Cairn <cairn@example.org>")


def check_quiet_hours(value: str) -> None:
    """ValueError for quiet hours that cannot be read."""
    if value != "auto":
        read_quiet_hours(value)


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Of `mail_url` the scheme chooses the channel; `quiet_hours` `auto` means at night, and never in development."""

    contact_keys: str = secret(development=DEVELOPMENT_CONTACT_KEYS, check=read_keys)
    mail_url: str = secret(check=check_mail_url)
    mail_from: str = text("Cairn <cairn@localhost>", check=check_sender)
    mail_workers: int = number(2, least=1, most=16)
    programme_name: str = text("Cairn")
    quiet_hours: str = text("auto", check=check_quiet_hours)

    @property
    def quiet(self) -> QuietHours | None:
        """The programme's quiet hours: in development none, so that a first try shows its mail at once."""
        if self.quiet_hours == "auto":
            return read_quiet_hours(_HOUSE_QUIET_HOURS) if self.production else None
        return read_quiet_hours(self.quiet_hours)

    @property
    def mail_folder(self) -> Path | None:
        """The folder of the file channel; None when mail really leaves."""
        parts = urlsplit(self.mail_url)
        return Path(parts.path) if parts.scheme == "maildir" else None

    @property
    def mailbox(self) -> Path | None:
        """The folder that the development mailbox shows; None in production and when mail really leaves."""
        return None if self.production else self.mail_folder
