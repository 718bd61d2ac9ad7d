"""Signed links: one purpose, one subject, one person, until a stated time; all refusals look alike."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.i18n.translations import CHASSIS_WORDS, Words
from services.chassis.identity.signed_links import LinkRefused, LinkSigner
from services.chassis.web.error_handlers import from_refusal
from tests.support.fakes import FixedClock

CLOCK = FixedClock()
SIGNER = LinkSigner("s" * 32, clock=CLOCK)
ENDS = CLOCK.now() + timedelta(hours=72)
TOKEN = SIGNER.sign("answer", "parcel-1", "person-1", ENDS)


def test_a_link_has_the_content_that_was_signed() -> None:
    link = SIGNER.read(TOKEN, "answer")
    assert (link.purpose, link.subject, link.person, link.expires_at) == ("answer", "parcel-1", "person-1", ENDS)


def test_a_link_fits_into_an_address_and_a_mail_line() -> None:
    long = SIGNER.sign("answer", "0" * 36, "1" * 36, ENDS)
    assert len(long) < 200
    assert set(long) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def refused(token: str, purpose: str = "answer", signer: LinkSigner = SIGNER) -> str:
    with pytest.raises(LinkRefused) as refusal:
        signer.read(token, purpose)
    assert refusal.value.__cause__ is None
    return str(from_refusal(refusal.value).body(Words(CHASSIS_WORDS).of("en")))


def test_all_refusals_look_alike() -> None:
    later = LinkSigner("s" * 32, clock=FixedClock(ENDS))
    refusals = {
        refused(TOKEN, "sign_in"),
        refused(TOKEN, signer=LinkSigner("t" * 32, clock=CLOCK)),
        refused(TOKEN, signer=later),
        refused(TOKEN[:-1] + ("A" if TOKEN[-1] != "A" else "B")),
        refused("x" + TOKEN),
        refused(""),
        refused("é\x00"),
        refused(SIGNER._serializer("answer").dumps({"other": "shape"})),
        refused(SIGNER._serializer("answer").dumps(["a", "b", 10**20])),
        refused(SIGNER._serializer("answer").dumps(["a", "b", "soon"])),
    }
    assert len(refusals) == 1


def test_a_link_works_until_its_last_second() -> None:
    just_before = LinkSigner("s" * 32, clock=FixedClock(ENDS - timedelta(seconds=1)))
    assert just_before.read(TOKEN, "answer").subject == "parcel-1"


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("ABZabz019-_."))
def test_any_altered_letter_invalidates_a_link(place: int, letter: str) -> None:
    altered = TOKEN[:place] + letter + TOKEN[place + 1 :]
    if altered == TOKEN:
        return
    try:
        link = SIGNER.read(altered, "answer")
    except LinkRefused:
        return
    # The last letter of base64 has spare bits: the altered token may decode to the same bytes.
    assert (link.subject, link.person, link.expires_at) == ("parcel-1", "person-1", ENDS)
