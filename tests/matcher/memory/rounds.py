"""Rounds in memory: see `adapters/round_store.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from services.chassis.errors import NotFound
from services.matcher.domain.people import Mentee, Pair
from services.matcher.domain.round import RoundResult, Snapshot, result_to_json, snapshot_to_json
from services.matcher.ports import Position, Round
from tests.matcher.memory.pool import MemoryPool
from tests.matcher.memory.state import Aggregate, pairs_of
from tests.matcher.memory.weights import MemoryWeights


class MemoryRounds(Aggregate):
    def snapshot(self, programme_id: str) -> Snapshot:
        pool = MemoryPool(self.state, self.now)
        members = [member.person_id for member in self.state.members.values() if member.programme_id == programme_id]
        return Snapshot(
            programme=programme_id,
            at=self.now,
            weights=MemoryWeights(self.state, self.now).current(programme_id).weights,
            mentees=self.waiting(programme_id),
            mentors=tuple(pool.as_mentors(members).values()),
            pins=pairs_of(self.state, "pin"),
            blocks=pairs_of(self.state, "block"),
        )

    def waiting(self, programme_id: str) -> tuple[Mentee, ...]:
        pool = MemoryPool(self.state, self.now)
        waiting = pool.as_mentees([member.person_id for member in self.looking(programme_id)])
        blocks = pairs_of(self.state, "block")
        return tuple(
            replace(
                one,
                held=self._held(programme_id).get(one.id),
                excluded=frozenset(mentor for mentor in one.excluded if Pair(one.id, mentor) not in blocks),
            )
            for one in sorted(waiting.values(), key=lambda one: one.id)
        )

    def _held(self, programme_id: str) -> Mapping[str, str]:
        applied = [one for one in self.listed(programme_id, after=None, limit=10_000) if one.state == "applied"]
        if not applied or not applied[0].dropped or applied[0].id not in self.state.results:
            return {}
        sent = {m.mentee_id for m in self.state.matches.values() if m.round_id == applied[0].id}
        decided = self.state.results[applied[0].id].proposals
        return {one.mentee_id: one.mentor_id for one in decided if one.mentee_id not in sent}

    def stamp(self, programme_id: str) -> tuple[int, ...]:
        del programme_id
        return (hash(repr((self.state.members, self.state.matches, self.state.weights, self.state.pairs))),)

    def prune(self, before: datetime) -> int:
        recent = [one.id for one in sorted(self.state.rounds.values(), key=lambda one: one.opened_at)[-20:]]
        old = [r.id for r in self.state.rounds.values() if r.opened_at < before and r.id not in recent]
        for round_id in old:
            del self.state.rounds[round_id]
        return len(old)

    def unfinished(self, programme_id: str) -> tuple[Round, Snapshot] | None:
        found = next(
            (r for r in self.state.rounds.values() if r.programme_id == programme_id and r.state == "open"), None
        )
        return None if found is None else (found, self.state.read[found.id])

    def take_fence(self, programme_id: str) -> int:
        self.state.fences[programme_id] += 1
        return self.state.fences[programme_id]

    def open(self, opened: Round, snapshot: Snapshot) -> None:
        assert self.unfinished(opened.programme_id) is None
        self.state.rounds[opened.id] = opened
        self.state.read[opened.id] = snapshot

    def holds(self, opened: Round) -> bool:
        found = self.state.rounds[opened.id]
        return found.state == "open" and found.fence == opened.fence

    def refence(self, opened: Round) -> None:
        self.state.rounds[opened.id] = opened

    def forget(self, person_id: str) -> None:
        for round_id, snapshot in list(self.state.read.items()):
            ids = {one.id for one in snapshot.mentees} | {one.id for one in snapshot.mentors}
            if person_id in ids:
                del self.state.read[round_id]
                self.state.results.pop(round_id, None)
                found = self.state.rounds[round_id]
                state = "given_up" if found.state == "open" else found.state
                self.state.rounds[round_id] = replace(found, state=state)

    def proposed_in(self, round_id: str) -> int:
        return sum(match.round_id == round_id for match in self.state.matches.values())

    def finish(self, finished: Round, result: RoundResult) -> None:
        self.state.rounds[finished.id] = finished
        self.state.results[finished.id] = result
        for one in result.unmatched:
            if self.state.why.get(one.mentee_id, ("", (), ""))[:2] == (one.cause, one.rules):
                continue  # as before
            self.state.why[one.mentee_id] = (one.cause, one.rules, finished.id)

    def get(self, round_id: str) -> Round:
        found = self.state.rounds.get(round_id)
        if found is None:
            raise NotFound("round_unknown", "There is no round with this id.")
        return found

    def listed(self, programme_id: str, *, after: Position | None, limit: int) -> Sequence[Round]:
        rows = [found for found in self.state.rounds.values() if found.programme_id == programme_id]
        rows.sort(key=lambda found: (found.opened_at, found.id), reverse=True)
        return [row for row in rows if after is None or (row.opened_at, row.id) < after][:limit]

    def stored(self, round_id: str) -> tuple[str, str] | None:
        if round_id not in self.state.read or round_id not in self.state.results:
            return None
        return snapshot_to_json(self.state.read[round_id]), result_to_json(self.state.results[round_id])
