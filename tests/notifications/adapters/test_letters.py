"""Every kind of letter, in every language and both forms: whole, and safe with any name."""

import re
from html.parser import HTMLParser

import pytest

from services.events.vocabulary import codes
from services.notifications.domain import kinds
from services.notifications.domain.attempt import LetterRequest
from services.notifications.domain.delivery import Delivery, State
from services.notifications.domain.kinds import Kind, Need
from services.notifications.domain.person import Person, with_contact
from services.notifications.ports import CannotWrite, Letter
from tests.notifications.memory_store import NOON, PROGRAMME, contact, writer
from tests.support.fakes import FixedClock

LATER = NOON.replace(hour=18)
IN_A_SUBJECT = r"diabet|diabèt|سكري|insulin|pump|sensor|pregnan|embaraz|grossesse|حمل|glucos|LADA|MODY|CGM"


def person(person_id: str, **given: str) -> Person:
    stored = with_contact(None, contact(person_id, **given))
    assert stored is not None
    return stored


def letter(kind: Kind, locale: str = "en", *, name: str = "Sam", other: str | None = "Kim") -> Letter:
    delivery = Delivery(
        id="d1",
        programme_id=PROGRAMME,
        person_id="reader",
        kind=kind,
        subject="m1",
        sequence=0,
        state=State.SENDING,
        lapses_at=LATER,
        created_at=NOON,
        facts={"until": LATER.isoformat(), "shared": ["language", "situation", "years_ahead"]},
    )
    reader = person("reader", locale=locale, name=name)
    return writer(FixedClock()).write(
        LetterRequest(delivery=delivery, reader=reader, other=person("other", name=other) if other else None)
    )


class Balance(HTMLParser):
    """Asserts that every tag that is opened is closed, and the other way round."""

    VOID = frozenset({"meta", "hr", "br", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("locale", codes("locale"))
@pytest.mark.parametrize("kind", kinds.ALL, ids=lambda kind: kind.name)
def test_every_letter_is_whole(kind: Kind, locale: str) -> None:
    written = letter(kind, locale)
    for form in (written.subject, written.text, written.html):
        assert form.strip()
        assert not re.search(r"\{\{|\}\}|\{%|%\(\w+\)|None|Undefined|\bnan\b", form)
    assert not re.search(IN_A_SUBJECT, written.subject, re.IGNORECASE)
    assert len(written.subject) <= 70
    assert "<" not in written.text.replace("<https", "")
    balance = Balance()
    balance.feed(written.html)
    assert balance.open == []
    assert set(re.findall(r"https://\S+", written.text)) == set(re.findall(r'href="([^"]+)"', written.html))


@pytest.mark.parametrize("kind", kinds.ALL, ids=lambda kind: kind.name)
def test_a_subject_names_no_person(kind: Kind) -> None:
    written = letter(kind, name="Zephyrine", other="Quirinus")
    assert "Zephyrine" not in written.subject
    assert "Quirinus" not in written.subject


def test_a_shared_criterion_without_a_label_is_left_out() -> None:
    assert "ituation" in letter(kinds.PROPOSAL).text
    assert "ears ahead" not in letter(kinds.PROPOSAL).text


def test_arabic_is_written_from_right_to_left_and_a_latin_name_keeps_its_own_direction() -> None:
    written = letter(kinds.INTRODUCTION, "ar", other="Kim")
    assert '<html lang="ar" dir="rtl">' in written.html
    assert "<bdi>Kim</bdi>" in written.html
    assert '<html lang="es" dir="ltr">' in letter(kinds.INTRODUCTION, "es").html


def test_a_name_of_the_other_direction_is_isolated_in_plain_text() -> None:
    assert "\u2068سارة\u2069" in letter(kinds.INTRODUCTION, "en", other="سارة").text


@pytest.mark.parametrize("kind", kinds.ALL, ids=lambda kind: kind.name)
def test_only_helpful_messages_have_one_click_unsubscribing(kind: Kind) -> None:
    headers = letter(kind).headers
    if kind.need is Need.HELPFUL:
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert headers["List-Unsubscribe"].startswith("<https://cairn.example/notifications/v1/unsubscribe/")
    else:
        assert headers == {}


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "Eve\r\nBcc: everybody@example.org",
        "{{ 7 * 7 }}",
        "%(until)s",
        "سارة",
        "李小龍",
        "Zoë-Ðísa O’Neill",
        "👩🏽\u200d🚀",
        "\u202eevil\u202c",
        "x" * 500,
        "",
        "   ",
    ],
)
def test_no_name_breaks_a_letter(name: str) -> None:
    for kind in (kinds.WELCOME, kinds.INTRODUCTION, kinds.ACTIVE_MENTEE):
        written = letter(kind, name=name, other=name)
        assert "\n" not in written.name
        assert "\r" not in written.subject + written.name
        assert "<script" not in written.html
        assert "\u202e" not in written.html + written.text + written.name


def test_a_name_with_template_syntax_is_only_a_name() -> None:
    assert "Hello {{ 7 * 7 }},\n" in letter(kinds.WELCOME, name="{{ 7 * 7 }}").text
    assert "Hello %(until)s,\n" in letter(kinds.WELCOME, name="%(until)s").text


@pytest.mark.parametrize(
    "address", ["", "nobody", "two words@example.org", "a@b\r\nBcc: c@d", "a@b, c@d", "<a@b>", "@example.org", "a@"]
)
def test_an_address_that_cannot_stand_in_a_header_is_refused_before_any_server_sees_it(address: str) -> None:
    with pytest.raises(CannotWrite, match="address_unusable"):
        delivery_to(person("reader", email=address))


def test_a_contact_that_does_not_open_is_refused_without_details() -> None:
    from dataclasses import replace

    moved = replace(person("mentee"), id="reader")
    with pytest.raises(CannotWrite, match="contact_unreadable"):
        delivery_to(moved)


def delivery_to(reader: Person) -> Letter:
    delivery = Delivery(
        id="d1",
        programme_id=PROGRAMME,
        person_id="reader",
        kind=kinds.WELCOME,
        subject="reader",
        sequence=0,
        state=State.SENDING,
        lapses_at=LATER,
        created_at=NOON,
    )
    return writer(FixedClock()).write(LetterRequest(delivery=delivery, reader=reader))
