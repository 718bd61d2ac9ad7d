"""Steps that both sign-ups share: add a new person, or a second role to a signed-in person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from services.profiles.domain.addresses import normal_address
from services.profiles.domain.consent import MATCHING, first_entries
from services.profiles.domain.person import Contact, Person, Role, join
from services.profiles.domain.refusals import address_known, other_address, role_taken
from services.profiles.domain.waiting import RECENT_DAYS, WaitingRange, waiting_range
from services.profiles.ports import Resources, Store
from services.profiles.use_cases.sessions import SignedIn, open_session
from services.profiles.use_cases.steps.publish_contact import sealed_contact_changed


@dataclass(frozen=True, kw_only=True)
class Form:
    """The fields that both sign-up forms share."""

    contact: Contact
    consents: Mapping[str, bool]
    locale: str
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class Joined:
    """The result of a sign-up: the person, their session, the waiting time and signposts."""

    person: Person
    role: Role
    status: str
    signed_in: SignedIn
    waiting: WaitingRange
    signposts: tuple[str, ...] = ()


def join_programme(
    resources: Resources,
    store: Store,
    form: Form,
    role: Role,
    add_role: Callable[[Person], Person],
    signed_in: str | None,
) -> Person:
    """Store, publish and return the person with their new role; raise Conflict when the address is taken."""
    known_id = store.people.id_by_email(resources.rules.programme, form.contact.email)
    if signed_in is None:
        person = _new_person(resources, store, form, known_id)
    else:
        person = _signed_in_person(store, form, role, known_id, signed_in)
    entries = first_entries(form.consents, store.now)
    given = {entry.purpose for entry in entries if entry.given}
    refused = {entry.purpose for entry in entries if not entry.given}
    person = replace(add_role(person), agreed=(person.agreed - refused) | given)
    was = person.version
    person, registered = join(person)
    person, contact = sealed_contact_changed(resources.seal, person)
    if was == 0:
        store.people.add(person)
    else:
        store.people.save(person, was)
    store.ledger.write(person.id, entries)
    store.publish(*registered, *contact)
    return person


def _new_person(resources: Resources, store: Store, form: Form, known_id: str | None) -> Person:
    if known_id is not None:
        raise address_known()
    return Person(
        id=resources.new_id(),
        programme_id=resources.rules.programme,
        locale=form.locale,
        time_zone=form.time_zone,
        contact=form.contact,
        created_at=store.now,
    )


def _signed_in_person(store: Store, form: Form, role: Role, known_id: str | None, signed_in: str) -> Person:
    """Return the signed-in person; a second role keeps the contact and fills in what it lacks."""
    person = store.people.get(signed_in, to_change=True) if known_id == signed_in else None
    if person is None or normal_address(person.contact.email) != normal_address(form.contact.email):
        raise other_address()
    if role in person.roles:
        raise role_taken(role)
    contact = replace(
        person.contact,
        phone=person.contact.phone or form.contact.phone,
        name=person.contact.name or form.contact.name,
        pronouns=person.contact.pronouns or form.contact.pronouns,
    )
    back = person.state == "left" and form.consents.get(MATCHING, False)
    return replace(person, contact=contact, state="active" if back else person.state)


def finish_sign_up(
    resources: Resources, store: Store, person: Person, role: Role, signposts: tuple[str, ...]
) -> Joined:
    """Return the answer to a sign-up."""
    status = "waiting" if role == "mentee" or person.mentor is None else person.mentor.status
    return Joined(
        person=person,
        role=role,
        status=status,
        signed_in=open_session(resources, store, person),
        waiting=recent_waiting(store, person.programme_id),
        signposts=signposts,
    )


def recent_waiting(store: Store, programme_id: str) -> WaitingRange:
    """Return how long people waited recently."""
    return waiting_range(store.waits.since(programme_id, store.now - timedelta(days=RECENT_DAYS)))
