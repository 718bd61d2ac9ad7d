"""People as the last snapshot of a programme had them: only those who changed are read again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from services.matcher.adapters.expiring_cache import Fleeting
from services.matcher.domain.candidates import Mentee, Mentor

P = TypeVar("P", Mentee, Mentor)
Stamp = tuple[Any, ...]


class Known(NamedTuple, Generic[P]):
    """A person's value, and what it was made from: the version of their facts, then all else that is in it."""

    stamp: Stamp
    person: P


class People:
    """Nobody is kept: all are read whenever they are asked for."""

    def mentees(self, _programme_id: str) -> Mapping[str, Known[Mentee]]:
        """The mentees of the last snapshot, by id, as far as they are kept."""
        return {}

    def mentors(self, _programme_id: str) -> Mapping[str, Known[Mentor]]:
        """The mentors of the last snapshot, by id, as far as they are kept."""
        return {}

    def keep(
        self, _programme_id: str, _mentees: Mapping[str, Known[Mentee]], _mentors: Mapping[str, Known[Mentor]]
    ) -> None:
        """Have the people of a snapshot, and no others."""


class PeopleRead(People):
    """What snapshots have read of people, by programme; safe to share between threads.

    Whoever is not in a programme's next snapshot is let go with it, and all of a programme of which none is read for
    ``fresh``: so nobody who was erased stays longer. It holds one pool for each programme, and no more.
    """

    def __init__(self, *, fresh: timedelta = timedelta(seconds=60)) -> None:
        self._mentees: Fleeting[str, Mapping[str, Known[Mentee]]] = Fleeting(fresh=fresh)
        self._mentors: Fleeting[str, Mapping[str, Known[Mentor]]] = Fleeting(fresh=fresh)

    def mentees(self, programme_id: str) -> Mapping[str, Known[Mentee]]:
        """The mentees of the last snapshot, by id."""
        return self._mentees.get(programme_id) or {}

    def mentors(self, programme_id: str) -> Mapping[str, Known[Mentor]]:
        """The mentors of the last snapshot, by id."""
        return self._mentors.get(programme_id) or {}

    def keep(
        self, programme_id: str, mentees: Mapping[str, Known[Mentee]], mentors: Mapping[str, Known[Mentor]]
    ) -> None:
        """Have the people of a snapshot, and no others."""
        self._mentees.keep(programme_id, mentees)
        self._mentors.keep(programme_id, mentors)


def renewed(
    known: Mapping[str, Known[P]],
    stamps: Mapping[str, Stamp],
    read_facts: Callable[[Sequence[str]], Mapping[str, Any]],
    make: Callable[[str, Any, Stamp], P],
) -> dict[str, Known[P]]:
    """The people of ``stamps``, by id: who has the same stamp as before is the very same value.

    ``read_facts`` is asked once, for all whose version is another than before; ``make`` makes a value of an id, facts
    and a stamp.
    """
    unread = [one for one, stamp in stamps.items() if one not in known or known[one].stamp[0] != stamp[0]]
    facts = read_facts(unread) if unread else {}
    found = {}
    for person_id, stamp in stamps.items():
        before = known.get(person_id)
        if before is not None and before.stamp == stamp:
            found[person_id] = before
        else:
            told = facts[person_id] if person_id in facts or before is None else before.person.facts
            found[person_id] = Known(stamp, make(person_id, told, stamp))
    return found
