"""Events of profiles: people register, change, pause, leave and are erased; their sealed contact details; sessions end.

Each event about a person carries that person's ``version``: a consumer never applies an older one after a newer one.
"""

from dataclasses import dataclass

from services.chassis.messages.event import Event
from services.chassis.messages.moments import Moment
from services.events.facts import MenteeFacts, MentorFacts
from services.events.topics import CONTACTS, PEOPLE, SESSIONS


@dataclass(frozen=True, kw_only=True)
class PersonRegistered(Event, type="cairn.profiles.person_registered.v1", topic=PEOPLE, key="person_id"):
    """A person signed up as a mentee, applied as a mentor, or both; ``mentee`` and ``mentor`` hold their facts."""

    person_id: str
    programme_id: str
    version: int
    locale: str
    mentee: MenteeFacts | None = None
    mentor: MentorFacts | None = None


@dataclass(frozen=True, kw_only=True)
class PersonChanged(Event, type="cairn.profiles.person_changed.v1", topic=PEOPLE, key="person_id"):
    """All current facts of a person: after an edit, an approval, or a consumer's request to republish."""

    person_id: str
    programme_id: str
    version: int
    locale: str
    mentee: MenteeFacts | None = None
    mentor: MentorFacts | None = None
    paused: bool = False


@dataclass(frozen=True, kw_only=True)
class PersonPaused(Event, type="cairn.profiles.person_paused.v1", topic=PEOPLE, key="person_id"):
    """A person takes a break; seniority is kept."""

    person_id: str
    programme_id: str
    version: int
    until: Moment | None = None


@dataclass(frozen=True, kw_only=True)
class PersonResumed(Event, type="cairn.profiles.person_resumed.v1", topic=PEOPLE, key="person_id"):
    """A person is back from a break."""

    person_id: str
    programme_id: str
    version: int


@dataclass(frozen=True, kw_only=True)
class PersonLeft(Event, type="cairn.profiles.person_left.v1", topic=PEOPLE, key="person_id"):
    """A person left the programme; their open matches end."""

    person_id: str
    programme_id: str
    version: int


@dataclass(frozen=True, kw_only=True)
class PersonErased(Event, type="cairn.profiles.person_erased.v1", topic=PEOPLE, key="person_id"):
    """A person has to be erased in every service; each answers with its receipt."""

    person_id: str
    programme_id: str
    version: int


@dataclass(frozen=True, kw_only=True)
class ContactChanged(Event, type="cairn.profiles.contact_changed.v1", topic=CONTACTS, key="person_id"):
    """A person's contact details, sealed.

    ``sealed`` opens, with the context ``contact:<person_id>``, to JSON
    ``{"email": str, "phone": str|null, "name": str, "pronouns": str|null}``.
    """

    person_id: str
    programme_id: str
    version: int
    locale: str
    time_zone: str
    messages_consent: bool
    sealed: str


@dataclass(frozen=True, kw_only=True)
class SignInAsked(Event, type="cairn.profiles.sign_in_asked.v1", topic=CONTACTS, key="person_id"):
    """A person requested a sign-in link; ``request_id`` makes the link work only once."""

    person_id: str
    programme_id: str
    request_id: str
    expires_at: Moment


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(Event, type="cairn.profiles.sessions_ended.v1", topic=SESSIONS, key="subject_id"):
    """Sessions of a person, a member of staff or an API key ended: their access tokens are no longer accepted."""

    subject_id: str
    programme_id: str
    session_ids: tuple[str, ...]
