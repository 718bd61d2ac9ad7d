"""Validate and normalise e-mail addresses and phone numbers, so that the same address is found again."""

import unicodedata
from collections.abc import Iterator

import phonenumbers

from services.events.validation import Fault

MAX_ADDRESS_LENGTH = 254  # characters of an address, RFC 5321


def normal_address(email: str) -> str:
    """Return the lookup form of an address: NFKC, without surrounding spaces, case-folded.

    Dots and plus signs stay: only the mail provider knows which addresses reach the same person.
    """
    return unicodedata.normalize("NFKC", email).strip().casefold()


def address_faults(field: str, email: str) -> Iterator[Fault]:
    """Yield why a text cannot be an e-mail address; only a delivered mail proves that the address exists."""
    local, at, domain = email.rpartition("@")
    labels = domain.split(".")
    unfit = any(
        character.isspace() or not character.isprintable() or character in '<>,;:"()[]\\' for character in email
    )
    if not at or not local or len(labels) < 2 or unfit or len(email) > MAX_ADDRESS_LENGTH or local.count("@"):
        yield Fault(field, "Give an e-mail address such as sam@example.org.")
    elif len(local) > 64 or local[0] == "." or local[-1] == "." or ".." in local:
        yield Fault(field, "The part before the @ doesn't look right; please check it.")
    elif not all(_is_label(label) for label in labels) or labels[-1].isdigit():
        yield Fault(field, "The part after the @ doesn't look right; please check it.")


def _is_label(label: str) -> bool:
    try:
        plain = label.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    return 0 < len(plain) <= 63 and plain[0] != "-" != plain[-1] and plain.replace("-", "").isalnum()


def normal_phone(phone: str) -> str | None:
    """Return a phone number in its international form (E.164), or None when it cannot be one."""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_faults(field: str, phone: str | None) -> Iterator[Fault]:
    """Yield why a text cannot be a phone number with its country code; nothing for None."""
    if phone is not None and normal_phone(phone) is None:
        yield Fault(field, "Give the number with its country code, such as +44 20 7946 0018.")
