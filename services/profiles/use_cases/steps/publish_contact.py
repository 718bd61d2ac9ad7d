"""Telling how a person can be reached: sealed, so that only notifications can open it."""

import json

from services.profiles.domain.person import Person, Told, reach
from services.profiles.ports import Seal


def seal_contact(seal: Seal, person: Person) -> str:
    """Return the contact as the event `ContactChanged` carries it."""
    contact = person.contact
    text = json.dumps(
        {"email": contact.email, "phone": contact.phone, "name": contact.name or "", "pronouns": contact.pronouns},
        ensure_ascii=False,
        sort_keys=True,
    )
    return seal.seal(text, f"contact:{person.id}")


def contact_changed(seal: Seal, person: Person) -> Told:
    """Return the person one version on, and the event that says how to reach them."""
    return reach(person, lambda later: seal_contact(seal, later))
