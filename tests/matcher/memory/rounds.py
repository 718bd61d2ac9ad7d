"""Rounds in memory: see ``adapters/round_store.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from services.chassis.core.errors import NotFound
from services.matcher.domain.candidates import Mentee, Pair
from services.matcher.domain.records import Position, Round, RoundMode, RoundOutline, RoundState
from services.matcher.domain.round import (
    COLD_START,
    RoundResult,
    Snapshot,
    WarmStart,
    result_to_json,
    snapshot_from_json,
)
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

    def size(self, programme_id: str) -> tuple[int, int]:
        found = self.snapshot(programme_id)
        return len(found.mentees), len(found.mentors)

    def stamp(self, programme_id: str) -> tuple[int, ...]:
        del programme_id
        return (hash(repr((self.state.members, self.state.matches, self.state.weights, self.state.pairs))),)

    def prune(self, before: datetime, *, kept: int) -> int:
        recent = [one.id for one in sorted(self.state.rounds.values(), key=lambda one: one.opened_at)[-kept:]]
        old = [r.id for r in self.state.rounds.values() if r.opened_at < before and r.id not in recent]
        for round_id in old:
            del self.state.rounds[round_id]
        return len(old)

    def mode(self, programme_id: str) -> RoundMode:
        return self.state.modes.get(programme_id, "rolling")

    def set_mode(self, programme_id: str, mode: RoundMode) -> None:
        self.state.modes[programme_id] = mode

    def in_review(self, programme_id: str) -> Round | None:
        held = (r for r in self.state.rounds.values() if r.programme_id == programme_id and r.state == "review")
        return next(held, None)

    def go_on(self, opened: Round, step: str, share: float) -> bool:
        if not self.holds(opened):
            return False
        self.state.rounds[opened.id] = replace(self.state.rounds[opened.id], step=step, share=share)
        return True

    def hold(self, held: Round, result: RoundResult, prices: WarmStart) -> None:
        self.state.rounds[held.id] = held
        self.state.results[held.id] = result
        self.state.prices[held.id] = prices

    def move(self, round_id: str, state: RoundState) -> None:
        self.state.rounds[round_id] = replace(self.state.rounds[round_id], state=state, step=None, share=None)
        if state == "open":
            self.state.rounds[round_id] = replace(self.state.rounds[round_id], released_at=self.now)
        if state in ("given_up", "cancelled", "dropped"):
            self._unread(round_id)

    def _unread(self, round_id: str) -> None:
        for kept in (self.state.read, self.state.results, self.state.prices):
            kept.pop(round_id, None)

    def last_prices(self, programme_id: str) -> WarmStart:
        latest = self.listed(programme_id, after=None, limit=10_000)
        return next((self.state.prices[one.id] for one in latest if one.id in self.state.prices), COLD_START)

    def unfinished(self, programme_id: str) -> tuple[Round, Snapshot, RoundResult | None] | None:
        found = next(
            (r for r in self.state.rounds.values() if r.programme_id == programme_id and r.state == "open"), None
        )
        if found is None:
            return None
        return found, snapshot_from_json(self.state.read[found.id]), self.state.results.get(found.id)

    def take_fence(self, programme_id: str) -> int:
        self.state.fences[programme_id] += 1
        return self.state.fences[programme_id]

    def open(self, opened: Round, read: Sequence[str]) -> None:
        assert self.unfinished(opened.programme_id) is None
        self.state.rounds[opened.id] = opened
        self.state.read[opened.id] = "".join(read)

    def holds(self, opened: Round) -> bool:
        found = self.state.rounds[opened.id]
        return found.state == "open" and found.fence == opened.fence

    def refence(self, opened: Round) -> None:
        self.state.rounds[opened.id] = opened

    def forget(self, person_id: str) -> bool:
        given_up = False
        for round_id, read in list(self.state.read.items()):
            if person_id not in read:
                continue
            self._unread(round_id)
            if self.state.rounds[round_id].state in ("open", "review"):
                self.move(round_id, "given_up")
                given_up = True
        return given_up

    def proposed_in(self, round_id: str) -> int:
        return sum(match.round_id == round_id for match in self.state.matches.values())

    def finish(self, finished: Round, result: RoundResult, prices: WarmStart | None) -> None:
        if prices is not None:
            self.state.prices[finished.id] = prices
        self.state.rounds[finished.id] = finished
        self.state.results[finished.id] = result

    def let_go(self, programme_id: str, *, kept: int, before: datetime) -> None:
        over = [one for one in self.listed(programme_id, after=None, limit=10_000) if one.id in self.state.read]
        over = [one for one in over if one.state not in ("open", "review")]
        for one in over[kept:]:
            if one.opened_at < before:
                self._unread(one.id)

    def get(self, round_id: str, *, lock: bool = False) -> Round:
        found = self.state.rounds.get(round_id)
        if found is None:
            raise NotFound("round_unknown", "There is no round with this id.")
        return found

    def listed(self, programme_id: str, *, after: Position | None, limit: int) -> Sequence[Round]:
        rows = [found for found in self.state.rounds.values() if found.programme_id == programme_id]
        rows.sort(key=lambda found: (found.opened_at, found.id), reverse=True)
        return [row for row in rows if after is None or (row.opened_at, row.id) < after][:limit]

    def outline(self, round_id: str) -> RoundOutline | None:
        found = self.state.results.get(round_id)
        if found is None:
            return None
        pairs = {one.mentee_id: one.mentor_id for one in found.proposals}
        released = self.state.rounds[round_id].released_at is not None
        return RoundOutline(released=released, pairs=pairs, alternates=dict(found.alternates))

    def stored(self, round_id: str) -> tuple[str, str] | None:
        if round_id not in self.state.read or round_id not in self.state.results:
            return None
        return self.state.read[round_id], result_to_json(self.state.results[round_id])
