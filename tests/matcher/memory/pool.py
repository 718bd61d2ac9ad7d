"""The pool in memory: see ``adapters/pool_store.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.events.facts import MentorFacts
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.known_person import KnownPerson
from tests.matcher.memory.state import Aggregate, StateOfPlaces, pairs_of


class MemoryPool(Aggregate):
    def expect(self, person_ids: Sequence[str]) -> None:
        """There is nothing to gain in memory."""

    def member(self, person_id: str, *, lock: bool = False) -> KnownPerson | None:
        return self.state.members.get(person_id)

    def keep(self, member: KnownPerson) -> None:
        self.state.members[member.person_id] = member
        self.state.places.setdefault(member.person_id, StateOfPlaces())

    def as_mentees(self, person_ids: Sequence[str]) -> Mapping[str, Mentee]:
        looking = [member for member in self.looking() if member.person_id in person_ids]
        return {member.person_id: self.as_mentee(member) for member in looking}

    def as_mentee(self, member: KnownPerson) -> Mentee:
        assert member.mentee is not None
        apart = frozenset(mentor for mentee, mentor in self.state.apart if mentee == member.person_id)
        apart |= {p.mentor_id for p in pairs_of(self.state, "block") if p.mentee_id == member.person_id}
        return Mentee(
            id=member.person_id,
            programme=member.programme_id,
            facts=member.mentee,
            excluded=apart,
            tries=self.state.tries[member.person_id],
        )

    def as_mentors(self, person_ids: Sequence[str]) -> Mapping[str, Mentor]:
        members = [self.state.members[person_id] for person_id in person_ids if person_id in self.state.members]
        return {member.person_id: self._as_mentor(member, member.mentor) for member in members if member.mentor}

    def _as_mentor(self, member: KnownPerson, facts: MentorFacts) -> Mentor:
        places = self.state.places[member.person_id]
        resting = places.resting_until is not None and places.resting_until > self.now
        untrained = facts.trained_until is not None and facts.trained_until < self.now.date()
        paused = resting or untrained or member.standing != "here" or not facts.approved
        live = [m.id for m in self.state.matches.values() if m.live and m.mentor_id == member.person_id]
        return Mentor(
            id=member.person_id,
            programme=member.programme_id,
            facts=facts,
            taken=places.taken,
            shapes_taken=tuple(sorted(self.state.shapes[match_id] for match_id in live)),
            paused=paused,
        )

    def forget(self, person_id: str, version: int) -> None:
        self.state.members.pop(person_id, None)
        self.state.places.pop(person_id, None)
        self.state.apart = {pair: why for pair, why in self.state.apart.items() if person_id not in pair}
        self.state.forgotten.add(person_id)
        self.state.pairs = {pair: rule for pair, rule in self.state.pairs.items() if person_id not in pair}

    def is_forgotten(self, person_id: str) -> bool:
        return person_id in self.state.forgotten

    def any_forgotten(self, person_ids: Sequence[str], since: datetime) -> bool:
        return not self.state.forgotten.isdisjoint(person_ids)

    def keep_apart(self, mentee_id: str, mentor_id: str, cause: str) -> None:
        self.state.apart[mentee_id, mentor_id] = cause

    def first_request(self, programme_id: str) -> bool:
        first = programme_id not in self.state.asked_for_people
        self.state.asked_for_people.add(programme_id)
        return first
