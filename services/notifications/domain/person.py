"""What notifications knows of a person: how to reach them (sealed), in which language, and what they are to us."""

from dataclasses import dataclass, replace

from services.events import profiles


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person; `sealed` opens with the context `contact:<id>`.

    Facts and contacts come by two topics, so each has its own version, and neither waits for the other. An erased
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
        """Whether any event told of them."""
        return self.facts_version > 0 or self.contact_version > 0 or self.erased

    @property
    def reachable(self) -> bool:
        """Whether we know how to reach them."""
        return self.sealed is not None


def with_facts(known: Person | None, event: profiles.PersonRegistered | profiles.PersonChanged) -> Person | None:
    """The person after hearing their facts; None when this is older than what is known, or they are forgotten."""
    person = known or Person(id=event.person_id, programme_id=event.programme_id)
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


def with_contact(known: Person | None, event: profiles.ContactChanged) -> Person | None:
    """The person after hearing their contact; None when this is older than what is known, or they are forgotten."""
    person = known or Person(id=event.person_id, programme_id=event.programme_id)
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


def gone(known: Person | None, event: profiles.PersonLeft) -> Person | None:
    """The person after leaving: only what they ask for themselves is still sent. None when that is old news."""
    person = known or Person(id=event.person_id, programme_id=event.programme_id)
    if person.erased or event.version <= person.facts_version:
        return None
    return replace(person, facts_version=event.version, left=True)


def tombstone(known: Person | None, event: profiles.PersonErased) -> Person:
    """What stays of an erased person: that there is nothing more to know."""
    version = max(event.version, known.facts_version if known else 0)
    return Person(
        id=event.person_id,
        programme_id=event.programme_id,
        locale="",
        time_zone="",
        facts_version=version,
        contact_version=version,
        erased=True,
    )
