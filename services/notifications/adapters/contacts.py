"""Open the sealed contacts that profiles sends; the only place where an address or a name is in the clear."""

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
        """Return the plain text that was sealed for a context; raise when it does not open."""
        ...


@dataclass(frozen=True)
class Contact:
    """A person's address and name. The name has no line breaks or other invisible characters."""

    address: str
    name: str


def open_contact(cipher: Cipher, person: Person) -> Contact:
    """Return a person's contact; raise CannotWrite when it does not open or its address is unusable."""
    try:
        opened = json.loads(cipher.open(person.sealed or "", f"contact:{person.id}"))
        address, name = str(opened["email"] or ""), str(opened["name"] or "")
    except Exception as fault:  # a broken seal or broken JSON, of any exception type: no detail may leak
        raise CannotWrite("contact_unreadable") from fault
    if not _writable(address):
        raise CannotWrite("address_unusable")
    return Contact(address, clean_name(name))


def clean_name(name: str) -> str:
    """Return a name as one line of visible text, without line breaks, control or direction characters."""
    visible = "".join(character if character.isprintable() else " " for character in name)
    return re.sub(r"\s+", " ", visible).strip()[:_LONGEST_NAME].strip()


def _writable(address: str) -> bool:
    local, at, domain = address.rpartition("@")
    return bool(local and at and domain) and address.isprintable() and not re.search(r'[\s<>(),;:"\\\[\]]', address)
