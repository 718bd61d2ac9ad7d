"""Places in memory: see ``adapters/places_store.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tests.matcher.memory.pool import MemoryPool
from tests.matcher.memory.state import Aggregate


class MemoryPlaces(Aggregate):
    def take(self, wanted: Mapping[str, int]) -> Mapping[str, int]:
        mentors = MemoryPool(self.state, self.now).as_mentors(list(wanted))
        given = {one: min(most, mentors[one].free) for one, most in wanted.items() if one in mentors}
        for one, number in given.items():
            self.state.places[one].taken += number
        return {one: number for one, number in given.items() if number}

    def free(self, mentor_id: str) -> None:
        self.state.places[mentor_id].taken -= 1

    def of(self, mentor_id: str) -> tuple[int, int]:
        facts = self.state.members[mentor_id].mentor
        return self.state.places[mentor_id].taken, facts.capacity if facts else 0

    def count_lapse(self, mentor_id: str) -> int:
        self.state.places[mentor_id].lapses += 1
        return self.state.places[mentor_id].lapses

    def rest(self, mentor_id: str, until: datetime | None) -> None:
        self.state.places[mentor_id].resting_until = until
        self.state.places[mentor_id].lapses = 0

    def wake(self) -> Sequence[str]:
        woken = set()
        for member in self.state.members.values():
            if member.standing == "paused" and member.paused_until and member.paused_until <= self.now:
                self.state.members[member.person_id] = replace(member, standing="here", paused_until=None)
                woken.add(member.programme_id)
            places = self.state.places[member.person_id]
            if places.resting_until and places.resting_until <= self.now:
                places.resting_until = None
                woken.add(member.programme_id)
        return sorted(woken)
