"""Mail over a real connection: accepted, refused, unreachable and cut-off attempts have different outcomes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from deploy.local.server import free_port
from services.notifications.adapters.email_smtp import EmailSmtp, MailServer, read_mail_server
from services.notifications.domain.delivery import Ending, SendOutcome
from tests.notifications.adapters.test_email import SENDER, a_letter
from tests.support.fakes import FixedClock


class Sink:
    """A mail server that stores the mails it gets, or gives the configured answer at a step."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.kept: list[Any] = []
        self.sessions: set[int] = set()
        self.mails_per_session = 100

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if getattr(session, "mails", 0) >= self.mails_per_session:
            return "421 enough for one session"
        if "mail" not in self.answers:
            envelope.mail_from = address
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if "rcpt" not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get("rcpt", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        self.kept.append(envelope)
        self.sessions.add(id(session))
        session.mails = getattr(session, "mails", 0) + 1
        if self.answers.get("data") == "cut":
            transport: Any = server.transport
            transport.abort()
        return self.answers.get("data", "250 OK")


@contextmanager
def serving(sink: Sink, *, smtputf8: bool = True) -> Iterator[EmailSmtp]:
    port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port, enable_SMTPUTF8=smtputf8)
    controller.start()
    try:
        yield channel(port)
    finally:
        controller.stop()


def channel(port: int) -> EmailSmtp:
    server = MailServer(host="127.0.0.1", port=port, name="", password="", starttls=False)
    return EmailSmtp(server, SENDER, FixedClock(), seconds=10.0)


def test_leading_dots_and_arabic_text_arrive_unchanged() -> None:
    sink = Sink()
    with serving(sink) as email:
        assert email.send(a_letter()) == SendOutcome(Ending.DELIVERED)
    (envelope,) = sink.kept
    assert (envelope.mail_from, envelope.rcpt_tos) == ("cairn@example.net", ["sam@example.org"])
    from email import message_from_bytes, policy

    body = message_from_bytes(envelope.content, policy=policy.default).get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == a_letter().text


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(("code", "ending"), [("451 busy", Ending.LATER), ("550 unknown", Ending.NEVER)])
def test_a_refusal_is_temporary_or_permanent_by_its_code(step: str, code: str, ending: Ending) -> None:
    with serving(Sink(**{step: code})) as email:
        assert email.send(a_letter()) == SendOutcome(ending, f"smtp_{code[:3]}")


def test_a_connection_cut_after_the_text_was_sent_is_unclear() -> None:
    with serving(Sink(data="cut")) as email:
        assert email.send(a_letter()) == SendOutcome(Ending.UNCLEAR, "cut_after_data")


def test_an_unreachable_server_is_retried_later() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused at once
        assert channel(taken.getsockname()[1]).send(a_letter()) == SendOutcome(Ending.LATER, "unreachable")


def test_a_connection_cut_at_the_greeting_is_not_delivered() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            session, _ = server.accept()
            session.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        sent = channel(server.getsockname()[1]).send(a_letter())
        thread.join()
    assert sent.ending is Ending.LATER


def test_a_non_ascii_address_needs_a_server_with_smtputf8() -> None:
    letter = a_letter(address="سارة@example.org")
    sink = Sink()
    with serving(sink) as email:
        assert email.send(letter) == SendOutcome(Ending.DELIVERED)
    assert sink.kept[0].rcpt_tos == ["سارة@example.org"]
    with serving(Sink(), smtputf8=False) as email:
        assert email.send(letter) == SendOutcome(Ending.NEVER, "no_smtputf8")


def test_a_server_without_starttls_gets_no_mail_when_it_is_required() -> None:
    sink = Sink()
    with serving(sink) as plain:
        server = MailServer(host="127.0.0.1", port=plain._server.port, name="n", password="p", starttls=True)
        sent = EmailSmtp(server, SENDER, FixedClock(), seconds=10.0).send(a_letter())
    assert sent.ending is Ending.LATER
    assert sink.kept == []


def test_a_mail_url_has_all_settings() -> None:
    assert read_mail_server("smtp://us%40er:p%3Aw@mail.example.org:2525?starttls=1") == MailServer(
        host="mail.example.org", port=2525, name="us@er", password="p:w", starttls=True
    )
    with pytest.raises(ValueError, match="host"):
        read_mail_server("smtp://")


def test_letters_of_a_batch_share_a_session() -> None:
    sink = Sink()
    with serving(sink) as email:
        assert (
            list(email.send_all([a_letter(f"d{number}") for number in range(5)])) == [SendOutcome(Ending.DELIVERED)] * 5
        )
    assert (len(sink.kept), len(sink.sessions)) == (5, 1)


def test_after_a_server_ends_a_session_the_next_letter_is_sent_once_in_a_new_one() -> None:
    sink = Sink()
    sink.mails_per_session = 2
    with serving(sink) as email:
        assert (
            list(email.send_all([a_letter(f"d{number}") for number in range(5)])) == [SendOutcome(Ending.DELIVERED)] * 5
        )
    assert (len(sink.kept), len(sink.sessions)) == (5, 3)


def test_after_a_cut_off_letter_the_next_one_gets_a_new_session() -> None:
    sink = Sink(data="cut")
    with serving(sink) as email:
        ends = list(email.send_all([a_letter("d1"), a_letter("d2")]))
    assert [end.ending for end in ends] == [Ending.UNCLEAR, Ending.UNCLEAR]
    assert len(sink.kept) == 2


def test_a_letter_that_cannot_be_written_does_not_end_the_session() -> None:
    sink = Sink()
    with serving(sink) as email:
        ends = list(email.send_all([a_letter("d1"), a_letter("d2", address="a\r\nb@example.org"), a_letter("d3")]))
    assert [end.ending for end in ends] == [Ending.DELIVERED, Ending.NEVER, Ending.DELIVERED]
    assert (len(sink.kept), len(sink.sessions)) == (2, 1)
