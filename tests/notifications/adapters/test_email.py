"""A letter becomes an e-mail that any mail program reads, as a file or over SMTP."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

import pytest

from services.notifications.adapters.email_files import EmailFiles
from services.notifications.adapters.email_message import Mail, email_of
from services.notifications.adapters.mailbox import Mailbox
from services.notifications.domain.delivery import Ending, SendOutcome
from services.notifications.ports import CannotWrite, Letter
from tests.support.fakes import FixedClock

SENDER = "Cairn <cairn@example.net>"
CLOCK = FixedClock()


def a_letter(letter_id: str = "d1", *, address: str = "sam@example.org", name: str = "Sam") -> Letter:
    return Letter(
        id=letter_id,
        address=address,
        name=name,
        locale="ar",
        subject="هناك من يأمل في الحديث معك",
        text="مرحبًا\n.a line that begins with a dot\nhttps://cairn.example/offers/abc\n",
        html="<html lang='ar' dir='rtl'><head></head><p>مرحبًا</p></html>",
        headers={"List-Unsubscribe": "<https://cairn.example/stop>"},
    )


def reread(mail: Mail) -> EmailMessage:
    message = message_from_bytes(mail.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_both_forms_and_all_headers_are_parsed_back() -> None:
    mail = reread(email_of(a_letter(name="سارة"), SENDER, CLOCK))
    assert mail["Subject"] == a_letter().subject
    assert (mail["To"].addresses[0].display_name, mail["To"].addresses[0].addr_spec) == ("سارة", "sam@example.org")
    assert mail["Message-ID"] == "<d1@example.net>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<https://cairn.example/stop>"
    assert mail["Content-Language"] == "ar"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == a_letter().text
    assert "dir='rtl'" in html.get_content()


@pytest.mark.parametrize("name", ['Eve" <evil@example.org>, "x', "Eve, Adam", "a@b", "\\", "=?utf-8?q?x?=", "'", '"'])
def test_a_name_never_becomes_another_recipient(name: str) -> None:
    mail = reread(email_of(a_letter(name=name), SENDER, CLOCK))
    assert [address.addr_spec for address in mail["To"].addresses] == ["sam@example.org"]


def test_a_line_break_in_a_name_or_an_address_never_becomes_a_header() -> None:
    for letter in (a_letter(name="Eve\r\nBcc: all@example.org"), a_letter(address="a\r\nBcc: b@example.org")):
        with pytest.raises(CannotWrite):
            email_of(letter, SENDER, CLOCK)


def test_a_long_link_to_unsubscribe_stays_a_link_that_mail_programs_find() -> None:
    link = "<https://cairn.example/notifications/v1/unsubscribe/" + "Wy" * 90 + ">"
    written = email_of(replace(a_letter(), headers={"List-Unsubscribe": link}), SENDER, CLOCK).content
    assert f"\r\nList-Unsubscribe: {link}\r\n".encode() in written


TEXTS = [
    "Short and plain.\n",
    "A dot alone:\n.\nand = signs, and spaces at the end   \n\ttabs\n",
    "https://cairn.example/offers/" + "abcDEF123_-" * 30 + "\n",
    "Un café, s'il vous plaît. " * 40 + "\n",
    "مرحبًا بكم، هناك من يأمل في الحديث معك.\n" * 20,
    "-----\n--=_0\nFrom here\n",
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("address", ["sam@example.org", "sämi@example.org"])
def test_every_text_is_parsed_back_from_lines_of_legal_length(text: str, address: str) -> None:
    letter = replace(a_letter(address=address), text=text, html=f"<p>{text}</p>\n", headers={})
    mail = email_of(letter, SENDER, CLOCK)
    assert b"\n" not in mail.content.replace(b"\r\n", b"")
    assert max(map(len, mail.content.decode().split("\r\n"))) <= 78
    assert mail.content.isascii() or not address.isascii()
    assert mail.sender == "cairn@example.net"
    plain, html = reread(mail).get_body(("plain",)), reread(mail).get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == letter.text
    assert html.get_content().replace("\r\n", "\n") == letter.html


def test_the_headers_are_those_that_the_standard_library_would_write() -> None:
    letter = replace(a_letter(name="Zoë Ångström, " + "von und zu " * 6), subject="Prénom " * 20)
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"], message["From"] = letter.subject, SENDER
    local, _, domain = letter.address.partition("@")
    message["To"] = Address(letter.name, local, domain)
    assert email_of(letter, SENDER, CLOCK).content.startswith(_named(message, "From", "Subject", "To"))


def _named(message: EmailMessage, *names: str) -> bytes:
    return b"".join(message.policy.fold_binary(name, message[name]) for name in names)


def test_a_file_is_written_atomically(tmp_path: Path) -> None:
    channel = EmailFiles(tmp_path / "outbox", SENDER, CLOCK)
    assert channel.send(a_letter("d1")) == SendOutcome(Ending.DELIVERED)
    assert channel.send(a_letter("d2", address="kim@example.org")) == SendOutcome(Ending.DELIVERED)
    assert sorted(path.suffix for path in (tmp_path / "outbox").iterdir()) == [".eml", ".eml"]


def test_a_folder_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where the folder belongs")
    assert EmailFiles(tmp_path / "outbox", SENDER, CLOCK).send(a_letter()) == SendOutcome(Ending.LATER, "folder")


def test_an_address_that_cannot_be_written_is_given_up(tmp_path: Path) -> None:
    sent = EmailFiles(tmp_path, SENDER, CLOCK).send(a_letter(address="a\r\nBcc: b@example.org"))
    assert sent.ending is Ending.NEVER


def test_the_mailbox_reads_back_what_was_written(tmp_path: Path) -> None:
    channel, mailbox = EmailFiles(tmp_path, SENDER, CLOCK), Mailbox(tmp_path)
    channel.send(a_letter("d1"))
    channel.send(a_letter("d2", address="kim@example.org"))
    (mail,) = mailbox.newest(to="SAM@example.org")
    assert (mail.to, mail.subject, mail.text) == ("sam@example.org", a_letter().subject, a_letter().text)
    assert mail.links == ("https://cairn.example/offers/abc",)
    assert mailbox.read(mail.name) == mail
    assert len(mailbox.newest()) == 2
    assert len(mailbox.newest(limit=1)) == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "x/../y.eml", ".eml", "none.eml", "a.eml\0", "a.txt"])
def test_no_file_name_leads_out_of_the_mailbox(tmp_path: Path, name: str) -> None:
    assert Mailbox(tmp_path).read(name) is None


def test_a_mailbox_without_a_folder_is_empty(tmp_path: Path) -> None:
    assert Mailbox(tmp_path / "nothing").newest() == []
