"""Cache the people of a programme's last snapshot: only people who changed are read again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from services.matcher.adapters.expiring_cache import ExpiringCache
from services.matcher.domain.candidates import Mentee, Mentor

P = TypeVar("P", Mentee, Mentor)
Stamp = tuple[Any, ...]


class Known(NamedTuple, Generic[P]):
    """A person, and a stamp of what they were made from: the version of their facts, then everything else."""

    stamp: Stamp
    person: P


class People:
    """A cache that stores nothing: everyone is read every time."""

    def mentees(self, _programme_id: str) -> Mapping[str, Known[Mentee]]:
        """Return the cached mentees of the last snapshot, by id."""
        return {}

    def mentors(self, _programme_id: str) -> Mapping[str, Known[Mentor]]:
        """Return the cached mentors of the last snapshot, by id."""
        return {}

    def keep(
        self, _programme_id: str, _mentees: Mapping[str, Known[Mentee]], _mentors: Mapping[str, Known[Mentor]]
    ) -> None:
        """Replace the cached people by those of a snapshot."""


class PeopleRead(People):
    """The people of each programme's last snapshot; safe to share between threads.

    The next snapshot drops the people who are not in it, and a programme without a snapshot for ``fresh`` is dropped
    whole, so an erased person stays no longer than that. Holds one pool per programme.
    """

    def __init__(self, *, fresh: timedelta = timedelta(seconds=60)) -> None:
        self._mentees: ExpiringCache[str, Mapping[str, Known[Mentee]]] = ExpiringCache(fresh=fresh)
        self._mentors: ExpiringCache[str, Mapping[str, Known[Mentor]]] = ExpiringCache(fresh=fresh)

    def mentees(self, programme_id: str) -> Mapping[str, Known[Mentee]]:
        """Return the mentees of the last snapshot, by id."""
        return self._mentees.get(programme_id) or {}

    def mentors(self, programme_id: str) -> Mapping[str, Known[Mentor]]:
        """Return the mentors of the last snapshot, by id."""
        return self._mentors.get(programme_id) or {}

    def keep(
        self, programme_id: str, mentees: Mapping[str, Known[Mentee]], mentors: Mapping[str, Known[Mentor]]
    ) -> None:
        """Replace the cached people by those of a snapshot."""
        self._mentees.keep(programme_id, mentees)
        self._mentors.keep(programme_id, mentors)


def refresh_people(
    known: Mapping[str, Known[P]],
    stamps: Mapping[str, Stamp],
    read_facts: Callable[[Sequence[str]], Mapping[str, Any]],
    make: Callable[[str, Any, Stamp], P],
) -> dict[str, Known[P]]:
    """Return the people of ``stamps``, by id; a person with an unchanged stamp is the identical object.

    ``read_facts`` is called once, for all whose version changed; ``make`` makes a person from an id, facts and a stamp.
    """
    unread = [
        person_id
        for person_id, stamp in stamps.items()
        if person_id not in known or known[person_id].stamp[0] != stamp[0]
    ]
    facts = read_facts(unread) if unread else {}
    people = {}
    for person_id, stamp in stamps.items():
        before = known.get(person_id)
        if before is not None and before.stamp == stamp:
            people[person_id] = before
        else:
            own_facts = facts[person_id] if person_id in facts or before is None else before.person.facts
            people[person_id] = Known(stamp, make(person_id, own_facts, stamp))
    return people
