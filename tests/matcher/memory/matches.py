"""Matches in memory: see ``adapters/match_store.py``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.chassis.core.errors import NotFound
from services.matcher.domain.explain import Part
from services.matcher.domain.match import ENDED_WELL, Match, moved_on
from services.matcher.domain.records import Offer, Position
from tests.matcher.memory.state import Aggregate


class MemoryMatches(Aggregate):
    def get(self, match_id: str, *, lock: bool = False) -> Match:
        found = self.state.matches.get(match_id)
        if found is None:
            raise NotFound("match_unknown", "There is no match with this id that you can see.")
        return found

    def listed(
        self,
        programme_id: str,
        person_id: str | None,
        *,
        state: str | None = None,
        after: Position | None = None,
        limit: int,
    ) -> Sequence[Match]:
        rows = [
            match
            for match in self.state.matches.values()
            if match.programme_id == programme_id
            and (state is None or match.state == state)
            and (person_id is None or self._told(match, person_id))
        ]
        rows.sort(key=lambda match: (match.proposed_at, match.id), reverse=True)
        return [row for row in rows if after is None or (row.proposed_at, row.id) < after][:limit]

    @staticmethod
    def _told(match: Match, person_id: str) -> bool:
        if match.mentor_id == person_id:
            return True
        return match.mentee_id == person_id and (match.live or match.accepted_at is not None)

    def by_state(self, programme_id: str) -> Mapping[str, int]:
        return Counter(match.state for match in self.state.matches.values() if match.programme_id == programme_id)

    def known(self, match_ids: Sequence[str]) -> frozenset[str]:
        return frozenset(match_ids) & self.state.matches.keys()

    def turned_down(self, programme_id: str) -> Sequence[Match]:
        rounds = [r.opened_at for r in self.state.rounds.values() if r.state == "applied"]
        over = [m for m in self.state.matches.values() if m.end_cause in ("declined", "expired")]
        looking = {member.person_id for member in self.looking(programme_id)}
        over = [m for m in over if m.ended_at and rounds and m.ended_at > max(rounds) and m.mentee_id in looking]
        over.sort(key=lambda m: (m.waiting_since, m.mentee_id, str(m.ended_at)))
        return list({m.mentee_id: m for m in over}.values())

    def add(self, offers: Sequence[Offer]) -> frozenset[str]:
        return frozenset(one.match.id for one in offers if self._add(one))

    def _add(self, offer: Offer) -> bool:
        match = offer.match
        if match.id in self.state.matches or self.live(match.mentee_id) is not None:
            return False
        self.state.matches[match.id] = match
        self.state.shown[match.id] = (tuple(offer.parts), offer.score)
        self.state.shapes[match.id] = offer.request_shape
        self.state.tries[match.mentee_id] = match.attempt
        self.state.why.pop(match.mentee_id, None)
        return True

    def save(self, before: Match, after: Match) -> Match:
        now = self.get(before.id)
        if (now.state, now.version) != (before.state, before.version):
            raise moved_on(now, "Somebody else was faster: this match has moved on.")
        self.state.matches[before.id] = replace(after, version=before.version + 1)
        return self.state.matches[before.id]

    def keep_note(self, match_id: str, note: str) -> None:
        self.state.notes[match_id] = note

    def note(self, match_id: str) -> str | None:
        return self.state.notes.get(match_id)

    def expect(self, person_ids: Sequence[str]) -> None:
        """There is nothing to gain in memory."""

    def live_of(self, person_id: str) -> Sequence[Match]:
        rows = [m for m in self.state.matches.values() if m.live and person_id in (m.mentee_id, m.mentor_id)]
        return sorted(rows, key=lambda match: (match.proposed_at, match.id), reverse=True)

    def overdue(self, limit: int) -> Sequence[str]:
        return sorted(m.id for m in self.state.matches.values() if m.answer_by and m.answer_by <= self.now)[:limit]

    def to_remind(self, limit: int) -> Sequence[str]:
        return sorted(
            m.id
            for m in self.state.matches.values()
            if m.remind_at and m.answer_by and m.remind_at <= self.now < m.answer_by
        )[:limit]

    def forget(self, person_id: str) -> None:
        for match in list(self.state.matches.values()):
            if person_id not in (match.mentee_id, match.mentor_id):
                continue
            mentee, mentor = ("forgotten" if p == person_id else p for p in (match.mentee_id, match.mentor_id))
            self.state.matches[match.id] = replace(match, mentee_id=mentee, mentor_id=mentor, reasons=())
            self.state.shown[match.id] = ((), self.state.shown[match.id][1])
            self.state.notes.pop(match.id, None)

    def outcomes(self, programme_id: str, last: int) -> Sequence[tuple[Sequence[Part], str]]:
        over = [m for m in self.state.matches.values() if m.active_at and m.end_cause in ENDED_WELL]
        over = sorted((m for m in over if m.programme_id == programme_id), key=lambda m: str(m.ended_at), reverse=True)
        return [(self.state.shown[m.id][0], str(m.end_cause)) for m in over[:last] if self.state.shown[m.id][0]]

    def shown(self, match_id: str) -> tuple[Sequence[Part], int]:
        return self.state.shown[match_id]
