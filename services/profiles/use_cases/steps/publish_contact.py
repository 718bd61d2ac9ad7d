"""Publish a person's contact, sealed so that only notifications can open it."""

import json

from services.profiles.domain.person import Person, PersonAndEvents, contact_changed
from services.profiles.ports import Seal


def seal_contact(seal: Seal, person: Person) -> str:
    """Return the sealed contact for the event ``ContactChanged``."""
    contact = person.contact
    text = json.dumps(
        {"email": contact.email, "phone": contact.phone, "name": contact.name or "", "pronouns": contact.pronouns},
        ensure_ascii=False,
        sort_keys=True,
    )
    return seal.seal(text, f"contact:{person.id}")


def sealed_contact_changed(seal: Seal, person: Person) -> PersonAndEvents:
    """Return the person with their next version, and the event with their sealed contact."""
    return contact_changed(person, lambda later: seal_contact(seal, later))
