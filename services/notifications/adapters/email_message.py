"""A letter as an e-mail (RFC 5322, 2045): both forms of the text, and headers that no name can break."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

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
        message["Auto-Submitted"] = "auto-generated"
        for name, value in letter.headers.items():
            message[name] = value
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        message["Content-Language"] = letter.locale  # after the parts: making them moves Content-* into the first one
    except (ValueError, IndexError) as fault:  # what the header registry says of an address or a line break
        raise CannotWrite("address_unusable") from fault
    return message


if TYPE_CHECKING:
    _Standard = EmailPolicy[EmailMessage]
else:
    _Standard = EmailPolicy  # takes no brackets when it runs


class _MailPolicy(_Standard):
    """The standard policy, but for addresses of pages: it would turn a long one into encoded words, and no mail
    program finds the link in those (RFC 2369, 2: the brackets hold a plain URI)."""

    def fold(self, name: str, value: Any) -> str:
        """A header as it is written."""
        return f"{name}: {value}{self.linesep}" if name in _PLAIN else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same in bytes."""
        return self.fold(name, value).encode("ascii") if name in _PLAIN else super().fold_binary(name, value)


_PLAIN = frozenset({"List-Unsubscribe"})
_ASCII = _MailPolicy(linesep="\r\n")
_UTF8 = _MailPolicy(linesep="\r\n", utf8=True)


def _policy(letter: Letter) -> _MailPolicy:
    """Names travel encoded; only an address with other than ASCII signs needs the extension (RFC 6531)."""
    return _ASCII if letter.address.isascii() else _UTF8


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].rstrip("> ") or "localhost"
