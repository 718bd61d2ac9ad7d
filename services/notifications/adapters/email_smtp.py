"""Send e-mail by SMTP (RFC 5321), with STARTTLS, and report how each attempt ended.

The final dot decides whether the server may have taken the mail: a failure before it means not delivered; a connection
lost while waiting for the answer to the dot is unclear, and reported as such.
"""

import re
import smtplib
import ssl
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from services.chassis.core.clock import Clock
from services.notifications.adapters.email_message import Mail, email_of
from services.notifications.domain.delivery import Ending, SendOutcome
from services.notifications.ports import CannotWrite, Letter

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)

_SECONDS = 20.0
"""The time limit of each SMTP step; all steps together stay below the domain's ATTEMPT_LIMIT."""


@dataclass(frozen=True)
class MailServer:
    """The mail server of a URL such as ``smtp://name:password@host:port?starttls=1``."""

    host: str
    port: int
    name: str
    password: str
    starttls: bool


def read_mail_server(url: str) -> MailServer:
    """Return the mail server of a MAIL_URL; raise ValueError when it has no host."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError("needs a host, such as smtp://mail.example.org:587?starttls=1")
    return MailServer(
        host=parts.hostname,
        port=parts.port or 587,
        name=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parse_qs(parts.query).get("starttls", ["0"])[-1] in {"1", "true", "yes"},
    )


class EmailSmtp:
    """A channel that sends mails by SMTP; a batch shares one connection, closed at its end so that none goes stale."""

    name = "email"

    def __init__(
        self,
        server: MailServer,
        sender: str,
        clock: Clock,
        *,
        seconds: float = _SECONDS,
        tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        """Send as ``sender``; ``seconds`` limits each step, ``tls`` makes the context that verifies the server."""
        self._server = server
        self._sender = sender
        self._clock = clock
        self._seconds = seconds
        self._tls = tls

    def send(self, letter: Letter) -> SendOutcome:
        """Hand over one letter and return how the attempt ended."""
        with closing(self.send_all([letter])) as outcomes:
            return next(outcomes)

    def send_all(self, letters: Sequence[Letter]) -> Generator[SendOutcome, None, None]:
        """Hand over letters on one connection; after a fault the next letter gets a new connection."""
        session: smtplib.SMTP | None = None
        try:
            for letter in letters:
                outcome, session = self._send(letter, session)
                yield outcome
        finally:
            if session is not None:
                _quit(session)

    def _send(self, letter: Letter, session: smtplib.SMTP | None) -> tuple[SendOutcome, smtplib.SMTP | None]:
        """Hand over one letter on the given or a new connection; return the connection if it can be used again."""
        try:
            mail = email_of(letter, self._sender, self._clock)
        except CannotWrite as fault:
            return SendOutcome(Ending.NEVER, fault.cause), session
        if session is not None:
            outcome = self._attempt(session, mail, letter.address)
            if outcome.ending in (Ending.DELIVERED, Ending.UNCLEAR):
                return self._after(outcome, session)
            _quit(session)  # a server may limit one connection: only its answer on a new one counts
        session = smtplib.SMTP(timeout=self._seconds)
        return self._after(self._attempt(session, mail, letter.address, greet=True), session)

    def _after(self, outcome: SendOutcome, session: smtplib.SMTP) -> tuple[SendOutcome, smtplib.SMTP | None]:
        if outcome.ending is Ending.DELIVERED:
            return outcome, session
        _quit(session)
        return outcome, None

    def _attempt(self, session: smtplib.SMTP, mail: Mail, address: str, *, greet: bool = False) -> SendOutcome:
        try:
            if greet:
                self._greet(session)
            return _hand_over(session, mail, address)
        except smtplib.SMTPResponseException as answer:
            return _by_code(answer.smtp_code)
        except smtplib.SMTPException as fault:
            return SendOutcome(Ending.LATER, _snake(type(fault).__name__))
        except OSError:
            return SendOutcome(Ending.LATER, "unreachable")

    def _greet(self, session: smtplib.SMTP) -> None:
        session.connect(self._server.host, self._server.port)
        if self._server.starttls:
            session.starttls(context=self._tls())
        session.ehlo_or_helo_if_needed()
        if self._server.name:
            session.login(self._server.name, self._server.password)


def _hand_over(session: smtplib.SMTP, mail: Mail, address: str) -> SendOutcome:
    """Send one mail, from MAIL to the answer to the final dot; only a connection lost after the dot is unclear."""
    options = () if address.isascii() else ("SMTPUTF8", "BODY=8BITMIME")
    if options and not session.has_extn("smtputf8"):
        return SendOutcome(Ending.NEVER, "no_smtputf8")
    for code, _ in (session.mail(mail.sender, options), session.rcpt(address)):
        if code >= 400:
            return _by_code(code)
    code, _ = session.docmd("DATA")
    if code != 354:
        return _by_code(code)
    try:
        session.send(_LEADING_DOT.sub(b"..", mail.content) + b".\r\n")
        code, _ = session.getreply()
    except (smtplib.SMTPServerDisconnected, OSError):
        return SendOutcome(Ending.UNCLEAR, "cut_after_data")
    return SendOutcome(Ending.DELIVERED) if code < 400 else _by_code(code)


def _quit(session: smtplib.SMTP) -> None:
    """Quit and close the connection; a fault in doing so does not affect the mail."""
    with suppress(smtplib.SMTPException, OSError):
        session.quit()
    session.close()


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _by_code(code: int) -> SendOutcome:
    """Return the outcome of an SMTP code: 4xx is temporary, 5xx permanent (RFC 5321, 4.2.1)."""
    return SendOutcome(Ending.NEVER if code >= 500 else Ending.LATER, f"smtp_{code}")
