"""A letter as an e-mail (RFC 5322, 2045): both forms of the text, and headers that no name can break."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from email.utils import format_datetime

from services.chassis.clock import Clock
from services.notifications.ports import CannotWrite, Letter


def email_of(letter: Letter, sender: str, clock: Clock) -> EmailMessage:
    """The e-mail of a letter; raise CannotWrite when its address cannot stand in a header.

    The Message-ID is the letter's own, the same in every attempt: a second copy after an unclear attempt can be told
    from a second letter.
    """
    try:
        message = EmailMessage(policy=_policy(letter))
        message["Subject"] = letter.subject
        message["From"] = sender
        local, _, domain = letter.address.rpartition("@")
        message["To"] = Address(letter.name, local, domain)
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = f"<{letter.id}@{_domain(sender)}>"
        message["Content-Language"] = letter.locale
        message["Auto-Submitted"] = "auto-generated"
        for name, value in letter.headers.items():
            message[name] = value
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
    except (ValueError, IndexError) as fault:  # what the header registry says of an address or a line break
        raise CannotWrite("address_unusable") from fault
    return message


def _policy(letter: Letter) -> "EmailPolicy[EmailMessage]":
    """Names travel encoded; only an address with other than ASCII signs needs the extension (RFC 6531)."""
    return SMTP if letter.address.isascii() else SMTPUTF8


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].rstrip("> ") or "localhost"
