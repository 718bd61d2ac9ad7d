"""E-mail by SMTP (RFC 5321), with STARTTLS; says exactly how far an attempt came.

What decides is whether the server may have taken the mail: everything before the final dot is surely not delivered;
a connection cut while waiting for the answer to that dot is unclear, and recorded as such.
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
from services.notifications.domain.delivery import Ending, Outcome
from services.notifications.ports import CannotWrite, Letter

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)

_SECONDS = 20.0
"""For each step of the talk; all steps together stay below the domain's ATTEMPT_LIMIT."""


@dataclass(frozen=True)
class MailServer:
    """Where to hand mail over: `smtp://name:password@host:port?starttls=1`."""

    host: str
    port: int
    name: str
    password: str
    starttls: bool


def read_mail_server(url: str) -> MailServer:
    """Read a MAIL_URL; ValueError when it lacks a host."""
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
    """Hands mails over; those that go together share a talk, which never outlives them, so that none goes stale."""

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
        """Send as `sender`; `seconds` limit each step, `tls` makes the context that checks the server."""
        self._server = server
        self._sender = sender
        self._clock = clock
        self._seconds = seconds
        self._tls = tls

    def send(self, letter: Letter) -> Outcome:
        """Hand over one letter and say how it ended."""
        with closing(self.send_all([letter])) as outcomes:
            return next(outcomes)

    def send_all(self, letters: Sequence[Letter]) -> Generator[Outcome, None, None]:
        """Hand over letters in one talk, as long as all goes well; after any trouble the next one gets a fresh talk."""
        talk: smtplib.SMTP | None = None
        try:
            for letter in letters:
                outcome, talk = self._send(letter, talk)
                yield outcome
        finally:
            if talk is not None:
                _part(talk)

    def _send(self, letter: Letter, talk: smtplib.SMTP | None) -> tuple[Outcome, smtplib.SMTP | None]:
        """Hand over one letter, in a talk that goes on or a fresh one; returns the talk if it may go on."""
        try:
            mail = email_of(letter, self._sender, self._clock)
        except CannotWrite as fault:
            return Outcome(Ending.NEVER, fault.cause), talk
        if talk is not None:
            outcome = self._attempt(talk, mail, letter.address)
            if outcome.ending in (Ending.DELIVERED, Ending.UNCLEAR):
                return self._after(outcome, talk)
            _part(talk)  # a server may have had enough of one talk: what it says of a fresh one counts
        talk = smtplib.SMTP(timeout=self._seconds)
        return self._after(self._attempt(talk, mail, letter.address, greet=True), talk)

    def _after(self, outcome: Outcome, talk: smtplib.SMTP) -> tuple[Outcome, smtplib.SMTP | None]:
        if outcome.ending is Ending.DELIVERED:
            return outcome, talk
        _part(talk)
        return outcome, None

    def _attempt(self, talk: smtplib.SMTP, mail: Mail, address: str, *, greet: bool = False) -> Outcome:
        try:
            if greet:
                self._greet(talk)
            return _hand_over(talk, mail, address)
        except smtplib.SMTPResponseException as answer:
            return _by_code(answer.smtp_code)
        except smtplib.SMTPException as fault:
            return Outcome(Ending.LATER, _snake(type(fault).__name__))
        except OSError:
            return Outcome(Ending.LATER, "unreachable")

    def _greet(self, talk: smtplib.SMTP) -> None:
        talk.connect(self._server.host, self._server.port)
        if self._server.starttls:
            talk.starttls(context=self._tls())
        talk.ehlo_or_helo_if_needed()
        if self._server.name:
            talk.login(self._server.name, self._server.password)


def _hand_over(talk: smtplib.SMTP, mail: Mail, address: str) -> Outcome:
    """The talk from MAIL to the answer to the final dot; only a loss after that dot is unclear."""
    options = () if address.isascii() else ("SMTPUTF8", "BODY=8BITMIME")
    if options and not talk.has_extn("smtputf8"):
        return Outcome(Ending.NEVER, "no_smtputf8")
    for code, _ in (talk.mail(mail.sender, options), talk.rcpt(address)):
        if code >= 400:
            return _by_code(code)
    code, _ = talk.docmd("DATA")
    if code != 354:
        return _by_code(code)
    try:
        talk.send(_LEADING_DOT.sub(b"..", mail.content) + b".\r\n")
        code, _ = talk.getreply()
    except (smtplib.SMTPServerDisconnected, OSError):
        return Outcome(Ending.UNCLEAR, "cut_after_data")
    return Outcome(Ending.DELIVERED) if code < 400 else _by_code(code)


def _part(talk: smtplib.SMTP) -> None:
    """Say goodbye; whatever comes of that changes nothing about the mail."""
    with suppress(smtplib.SMTPException, OSError):
        talk.quit()
    talk.close()


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _by_code(code: int) -> Outcome:
    """4xx passes, 5xx stays (RFC 5321, 4.2.1)."""
    return Outcome(Ending.NEVER if code >= 500 else Ending.LATER, f"smtp_{code}")
