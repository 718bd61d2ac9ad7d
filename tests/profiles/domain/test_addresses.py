"""Addresses and phone numbers: one lookup form for every spelling, refused when unusable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiles.domain.addresses import address_faults, normal_address, normal_phone, phone_faults


@pytest.mark.parametrize(
    "email",
    [
        "a@example.org",
        "first.last+tag@sub.example.co.uk",
        "o'brien@example.org",
        "用户@例子.公司",
        "x@xn--bcher-kva.example",
    ],
)
def test_usable_addresses_are_accepted(email: str) -> None:
    assert list(address_faults("email", email)) == []


@pytest.mark.parametrize(
    "email",
    [
        "",
        "@",
        "a@b",
        "a@@example.org",
        "a b@example.org",
        ".a@example.org",
        "a..b@example.org",
        "a@-example.org",
        "a@example..org",
        "a@127.0.0.1",
        "a@example.org\r\nCc: b@example.org",
        "Sam <sam@example.org>",
        "a" * 65 + "@example.org",
    ],
)
def test_unusable_addresses_are_refused(email: str) -> None:
    assert [fault.field for fault in address_faults("email", email)] == ["email"]


@given(st.emails())
def test_any_standard_address_is_accepted_or_refused_without_a_crash(email: str) -> None:
    list(address_faults("email", email))
    assert normal_address(email.upper()) == normal_address(normal_address(email.upper()))


@pytest.mark.parametrize("spelling", ["Sam@Example.org", " sam@example.org ", "sam@ｅxample.org"])
def test_every_spelling_of_an_address_has_the_same_lookup_form(spelling: str) -> None:
    assert normal_address(spelling) == "sam@example.org"


@pytest.mark.parametrize(
    ("phone", "normal"),
    [
        ("+44 20 7946 0018", "+442079460018"),
        ("+33-1-23-45-67-89", "+33123456789"),
        ("+20 (2) 2345 6789", "+20223456789"),
    ],
)
def test_phone_numbers_with_a_country_code_have_one_form(phone: str, normal: str) -> None:
    assert normal_phone(phone) == normal
    assert list(phone_faults("phone", phone)) == []


@given(st.text(max_size=40))
def test_any_text_is_accepted_or_refused_as_a_phone_number_without_a_crash(text: str) -> None:
    assert (normal_phone(text) is None) == bool(list(phone_faults("phone", text)))
