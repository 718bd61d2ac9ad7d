"""A person as notifications stores them: sealed contact, language, roles and consent to messages."""

from dataclasses import dataclass, replace

from services.events import profiles


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person; ``sealed`` opens with the context ``contact:<id>``.

    Facts and contacts arrive on two topics, so each has its own version, and neither waits for the other. An erased
    person is only a tombstone: an id and a version, so that a late event does not bring them back.
    """

    id: str
    programme_id: str
    locale: str = "en"
    time_zone: str = "UTC"
    facts_version: int = 0
    contact_version: int = 0
    mentee: bool = False
    mentor: bool = False
    approved: bool = False
    messages_consent: bool = False
    sealed: str | None = None
    left: bool = False
    erased: bool = False

    @property
    def is_known(self) -> bool:
        """Return whether any event about them was handled."""
        return self.facts_version > 0 or self.contact_version > 0 or self.erased

    @property
    def reachable(self) -> bool:
        """Return whether their contact is known."""
        return self.sealed is not None


def with_facts(stored: Person | None, event: profiles.PersonRegistered | profiles.PersonChanged) -> Person | None:
    """Return the person with new facts; None when the event is not newer than the stored, or they are erased."""
    person = stored or Person(id=event.person_id, programme_id=event.programme_id)
    if person.erased or event.version <= person.facts_version:
        return None
    return replace(
        person,
        facts_version=event.version,
        locale=event.locale if event.version >= person.contact_version else person.locale,
        mentee=event.mentee is not None,
        mentor=event.mentor is not None,
        approved=event.mentor is not None and event.mentor.approved,
        left=False,
    )


def with_contact(stored: Person | None, event: profiles.ContactChanged) -> Person | None:
    """Return the person with a new contact; None when the event is not newer than the stored, or they are erased."""
    person = stored or Person(id=event.person_id, programme_id=event.programme_id)
    if person.erased or event.version <= person.contact_version:
        return None
    return replace(
        person,
        contact_version=event.version,
        locale=event.locale if event.version >= person.facts_version else person.locale,
        time_zone=event.time_zone,
        messages_consent=event.messages_consent,
        sealed=event.sealed,
    )


def with_leaving(stored: Person | None, event: profiles.PersonLeft) -> Person | None:
    """Return the person after leaving, who gets only messages that they request; None when nothing changes."""
    person = stored or Person(id=event.person_id, programme_id=event.programme_id)
    if person.erased or event.version <= person.facts_version:
        return None
    return replace(person, facts_version=event.version, left=True)


def tombstone(stored: Person | None, event: profiles.PersonErased) -> Person:
    """Return the tombstone of an erased person: their id and a version."""
    version = max(event.version, stored.facts_version if stored else 0)
    return Person(
        id=event.person_id,
        programme_id=event.programme_id,
        locale="",
        time_zone="",
        facts_version=version,
        contact_version=version,
        erased=True,
    )
