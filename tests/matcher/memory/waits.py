"""Waits in memory: see ``adapters/waits_store.py``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from services.matcher.domain.known_person import KnownPerson
from services.matcher.domain.match import ENDED_WELL
from services.matcher.domain.records import MenteeHistory, Position, Waiting, looks_of
from services.matcher.domain.round import Reason, Unmatched
from tests.matcher.memory.pool import MemoryPool
from tests.matcher.memory.state import Aggregate


class MemoryWaits(Aggregate):
    def programmes(self) -> Sequence[str]:
        return sorted({member.programme_id for member in self.looking()})

    def waiting(self, programme_id: str, *, after: Position | None, limit: int) -> Sequence[Waiting]:
        rows = [self._of(member) for member in self.looking(programme_id)]
        rows.sort(key=lambda row: (row.waiting_since, row.person_id))
        return [row for row in rows if after is None or (row.waiting_since, row.person_id) > after][:limit]

    def wait_of(self, person_id: str) -> Waiting | None:
        member = self.state.members.get(person_id)
        return self._of(member) if member is not None and member.mentee is not None else None

    def list_late_unreported(self, programme_id: str, since: datetime) -> Sequence[Waiting]:
        rows = self.waiting(programme_id, after=None, limit=10_000)
        return [row for row in rows if row.person_id not in self.state.risk_told and row.waiting_since <= since]

    def mark_reported(self, mentee_id: str) -> None:
        self.state.risk_told.add(mentee_id)

    def reasons(self, programme_id: str) -> Mapping[str, Reason]:
        return {one: (cause, rules) for one, (cause, rules, _) in self.state.why.items()}

    def note(self, round_id: str, left: Sequence[Unmatched]) -> None:
        self.state.why |= {one.mentee_id: (one.cause, one.rules, round_id) for one in left}

    def clear_reason(self, mentee_id: str) -> None:
        self.state.why.pop(mentee_id, None)

    def causes(self, programme_id: str) -> Mapping[str | None, int]:
        return Counter(self._of(member).cause for member in self.looking(programme_id))

    def until_asked(self, programme_id: str, last: int) -> Sequence[float]:
        first = [m for m in self.state.matches.values() if m.programme_id == programme_id and m.attempt == 1]
        first.sort(key=lambda match: match.proposed_at, reverse=True)
        return [max(0.0, (match.proposed_at - match.waiting_since).total_seconds()) for match in first[:last]]

    def histories(self, programme_id: str, last: int) -> Sequence[MenteeHistory]:
        found = [
            self._course_of(member)
            for member in self.state.members.values()
            if member.mentee is not None and member.programme_id == programme_id
        ]
        found.sort(key=lambda one: (one.mentee.facts.waiting_since, one.mentee.id), reverse=True)
        return found[:last]

    def history_of(self, person_id: str) -> MenteeHistory | None:
        member = self.state.members.get(person_id)
        return self._course_of(member) if member is not None and member.mentee is not None else None

    def _course_of(self, member: KnownPerson) -> MenteeHistory:
        mentee = replace(MemoryPool(self.state, self.now).as_mentee(member), excluded=frozenset())
        matches = [m for m in self.state.matches.values() if m.mentee_id == member.person_id]
        active = [m for m in matches if m.active_at]
        over = sorted((m for m in active if m.end_cause in ENDED_WELL), key=lambda m: str(m.ended_at))
        tries = [(m.proposed_at, m.ended_at) for m in matches]
        return MenteeHistory(
            mentee=mentee,
            looks=looks_of(mentee.facts.waiting_since, tries, looking=member.standing == "here"),
            matched_at=min((m.active_at for m in active if m.active_at), default=None),
            ended_well=ENDED_WELL[str(over[-1].end_cause)] if over else None,
        )

    def _of(self, member: KnownPerson) -> Waiting:
        assert member.mentee is not None
        cause, rules, round_id = self.state.why.get(member.person_id, (None, (), None))
        return Waiting(
            person_id=member.person_id,
            programme_id=member.programme_id,
            waiting_since=member.mentee.waiting_since,
            standing=member.standing,
            tries=self.state.tries[member.person_id],
            cause=cause,
            rules=rules,
            round_id=round_id,
        )
