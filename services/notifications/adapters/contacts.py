"""Opens the sealed contacts that profiles sends; the only place where an address or a name is in the clear."""

import json
import re
from dataclasses import dataclass
from typing import Protocol

from services.notifications.domain.person import Person
from services.notifications.ports import CannotWrite

_LONGEST_NAME = 80


class Cipher(Protocol):
    """Opens sealed texts (the chassis' FieldCipher)."""

    def open(self, sealed: str, context: str) -> str:
        """The text sealed for a context; raises when it does not open."""
        ...


@dataclass(frozen=True)
class Contact:
    """How to reach a person, and how to greet them. The name has no line breaks or other invisible signs."""

    address: str
    name: str


def open_contact(cipher: Cipher, person: Person) -> Contact:
    """Open a person's contact; raise CannotWrite when it cannot be opened or is no address that can be written to."""
    try:
        found = json.loads(cipher.open(person.sealed or "", f"contact:{person.id}"))
        address, name = str(found["email"] or ""), str(found["name"] or "")
    except Exception as fault:  # a broken seal or broken JSON, whatever the cipher calls it: no detail may leak
        raise CannotWrite("contact_unreadable") from fault
    if not _writable(address):
        raise CannotWrite("address_unusable")
    return Contact(address, clean_name(name))


def clean_name(name: str) -> str:
    """A name as one line of visible text: no line breaks, no control signs, no signs that turn the direction."""
    visible = "".join(sign if sign.isprintable() else " " for sign in name)
    return re.sub(r"\s+", " ", visible).strip()[:_LONGEST_NAME].strip()


def _writable(address: str) -> bool:
    local, at, domain = address.rpartition("@")
    return bool(local and at and domain) and address.isprintable() and not re.search(r'[\s<>(),;:"\\\[\]]', address)
