"""A mail server that delivers nothing: it stores received mails in memory and, optionally, as ``.eml`` files."""

from __future__ import annotations

import email
import email.policy
import threading
import time
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.server import HOST, LocalServer, LocalServerError, free_port, run_by_hand

ACCEPTED = "250 Message accepted for delivery"


@dataclass(frozen=True)
class CaughtMail:
    """A received message, with the addresses of its envelope."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class MailSink(LocalServer):
    """An SMTP server in a thread. ``answer`` is its reply to each message; only messages answered 250 are stored.

    With a ``folder`` each message is also written to ``folder/0001.eml`` and so on.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.address = ""
        self.answer = ACCEPTED
        self._mails: list[CaughtMail] = []
        self._arrival = threading.Condition()
        self._controller: Controller | None = None

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return int(self.address.rpartition(":")[2])

    @property
    def mails(self) -> tuple[CaughtMail, ...]:
        """Return the mails so far, in order of arrival."""
        with self._arrival:
            return tuple(self._mails)

    def start(self) -> str:
        """Start the server; return ``smtp://127.0.0.1:port``."""
        port = free_port()
        controller = Controller(_SmtpHandler(self), hostname=HOST, port=port)
        try:
            controller.start()
        except OSError as error:
            raise LocalServerError(f"The mail sink cannot listen on port {port}: {error.strerror or error}.") from error
        self._controller, self.address = controller, f"smtp://{HOST}:{port}"
        return self.address

    def stop(self) -> None:
        """Stop listening; the mails remain readable."""
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.stop()

    def wait_for(self, count: int, seconds: float = 10.0) -> tuple[CaughtMail, ...]:
        """Return all mails as soon as there are ``count``, or those that arrived within ``seconds``."""
        deadline = time.monotonic() + seconds
        with self._arrival:
            self._arrival.wait_for(lambda: len(self._mails) >= count, deadline - time.monotonic())
            return tuple(self._mails)

    def clear(self) -> None:
        """Delete the mails so far from memory."""
        with self._arrival:
            self._mails.clear()

    def keep(self, mail: CaughtMail, content: bytes) -> None:
        """Store one message."""
        with self._arrival:
            self._mails.append(mail)
            if self.folder is not None:
                self.folder.mkdir(parents=True, exist_ok=True)
                (self.folder / f"{len(self._mails):04d}.eml").write_bytes(content)
            self._arrival.notify_all()


class _SmtpHandler:
    """The handler for aiosmtpd; separate from the sink, because aiosmtpd inspects every attribute of its handler."""

    def __init__(self, sink: MailSink) -> None:
        self._sink = sink

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Receive one message; aiosmtpd calls this method by its name."""
        answer = self._sink.answer
        if answer.startswith("250"):
            content = envelope.original_content or b""
            message = email.message_from_bytes(content, policy=email.policy.default)
            self._sink.keep(CaughtMail(str(envelope.mail_from), tuple(envelope.rcpt_tos), message), content)
        return answer


if __name__ == "__main__":
    run_by_hand("A mail server that delivers nothing", MailSink)
