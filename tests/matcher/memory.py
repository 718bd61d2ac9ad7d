"""The matcher's store in memory: the same promises as the tables, kept by plain code that anyone can check."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from services.chassis.errors import NotFound
from services.chassis.event import Event
from services.events.facts import MentorFacts
from services.matcher.domain.explain import Part
from services.matcher.domain.match import ENDED_WELL, Match, moved_on
from services.matcher.domain.member import Member
from services.matcher.domain.people import Mentee, Mentor, Pair
from services.matcher.domain.records import PairRuleKind
from services.matcher.domain.round import RoundResult, Snapshot, result_to_json, snapshot_to_json
from services.matcher.domain.weights import default_weights
from services.matcher.ports import (
    Course,
    PairRule,
    Position,
    PublishedWeights,
    Report,
    Round,
    Waiting,
    WeightsDraft,
)
from tests.support.fakes import FixedClock


@dataclass
class Places:
    taken: int = 0
    lapses: int = 0
    resting_until: datetime | None = None


@dataclass
class State:
    """All there is; a transaction that goes wrong puts the copy back."""

    members: dict[str, Member] = field(default_factory=dict)
    places: dict[str, Places] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)
    why: dict[str, tuple[str, tuple[str, ...], str]] = field(default_factory=dict)
    apart: dict[tuple[str, str], str] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    risk_told: set[str] = field(default_factory=set)
    asked_for_people: set[str] = field(default_factory=set)
    matches: dict[str, Match] = field(default_factory=dict)
    shown: dict[str, tuple[Sequence[Part], int]] = field(default_factory=dict)
    shapes: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    rounds: dict[str, Round] = field(default_factory=dict)
    read: dict[str, Snapshot] = field(default_factory=dict)
    fences: Counter[str] = field(default_factory=Counter)
    results: dict[str, RoundResult] = field(default_factory=dict)
    weights: dict[str, list[PublishedWeights]] = field(default_factory=dict)
    drafts: dict[str, WeightsDraft] = field(default_factory=dict)
    pairs: dict[Pair, PairRule] = field(default_factory=dict)
    reports: dict[tuple[str, str], Report] = field(default_factory=dict)
    told: list[Event] = field(default_factory=list)
    jobs: dict[str, datetime] = field(default_factory=dict)
    audited: list[tuple[str, str]] = field(default_factory=list)


class MemoryHouse:
    """See `World`."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.state = State()
        self.open = False

    @contextmanager
    def begin(self, *, read_only: bool = False) -> Iterator[MemoryStore]:
        del read_only
        if self.open:
            yield MemoryStore(self)
            return
        before, self.open = copy.deepcopy(self.state), True
        try:
            yield MemoryStore(self)
        except BaseException:
            self.state = before
            raise
        finally:
            self.open = False

    def told(self) -> Sequence[Event]:
        return list(self.state.told)

    def due_rounds(self) -> Sequence[str]:
        due = sorted(key for key, at in self.state.jobs.items() if at <= self.clock.now())
        for key in due:
            del self.state.jobs[key]
        return due


class MemoryStore:
    """Every port in one: the names do not clash."""

    def __init__(self, house: MemoryHouse) -> None:
        self._state = house.state
        self.now = house.clock.now()
        self.pool = MemoryPool(self._state, self.now)
        self.places = MemoryPlaces(self._state, self.now)
        self.waits = MemoryWaits(self._state, self.now)
        self.matches = MemoryMatches(self._state, self.now)
        self.rounds = MemoryRounds(self._state, self.now)
        self.weights = MemoryWeights(self._state, self.now)
        self.pairs = MemoryPairs(self._state, self.now)
        self.reports = MemoryReports(self._state, self.now)

    def tell(self, *events: Event) -> None:
        self._state.told.extend(events)

    def enqueue(
        self, kind: str, key: str, *, due_at: datetime | None = None, payload: Mapping[str, Any] | None = None
    ) -> None:
        at = due_at or self.now
        self._state.jobs[key] = min(at, self._state.jobs.get(key, at))

    def audit(
        self, action: str, subject: str, *, by: str, reason: str | None = None, detail: Mapping[str, Any] | None = None
    ) -> None:
        self._state.audited.append((action, subject))


class _Part:
    def __init__(self, state: State, now: datetime) -> None:
        self.state = state
        self.now = now

    def live(self, mentee_id: str) -> Match | None:
        return next((m for m in self.state.matches.values() if m.live and m.mentee_id == mentee_id), None)

    def looking(self, programme_id: str | None = None) -> list[Member]:
        return [
            member
            for member in self.state.members.values()
            if member.mentee is not None
            and member.standing == "here"
            and self.live(member.person_id) is None
            and programme_id in (None, member.programme_id)
        ]


class MemoryPool(_Part):
    def member(self, person_id: str, *, lock: bool = False) -> Member | None:
        return self.state.members.get(person_id)

    def keep(self, member: Member) -> None:
        self.state.members[member.person_id] = member
        self.state.places.setdefault(member.person_id, Places())

    def as_mentees(self, person_ids: Sequence[str]) -> Mapping[str, Mentee]:
        looking = [member for member in self.looking() if member.person_id in person_ids]
        return {member.person_id: self._as_mentee(member) for member in looking}

    def _as_mentee(self, member: Member) -> Mentee:
        assert member.mentee is not None
        apart = frozenset(mentor for mentee, mentor in self.state.apart if mentee == member.person_id)
        apart |= {p.mentor_id for p in _kept(self.state, "block") if p.mentee_id == member.person_id}
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

    def _as_mentor(self, member: Member, facts: MentorFacts) -> Mentor:
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

    def keep_apart(self, mentee_id: str, mentor_id: str, cause: str) -> None:
        self.state.apart[mentee_id, mentor_id] = cause

    def first_request(self, programme_id: str) -> bool:
        first = programme_id not in self.state.asked_for_people
        self.state.asked_for_people.add(programme_id)
        return first


class MemoryPlaces(_Part):
    def take(self, mentor_id: str) -> bool:
        mentor = MemoryPool(self.state, self.now).as_mentors([mentor_id]).get(mentor_id)
        if mentor is None or mentor.free < 1:
            return False
        self.state.places[mentor_id].taken += 1
        return True

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


class MemoryWaits(_Part):
    def programmes(self) -> Sequence[str]:
        return sorted({member.programme_id for member in self.looking()})

    def waiting(self, programme_id: str, *, after: Position | None, limit: int) -> Sequence[Waiting]:
        rows = [self._of(member) for member in self.looking(programme_id)]
        rows.sort(key=lambda row: (row.waiting_since, row.person_id))
        return [row for row in rows if after is None or (row.waiting_since, row.person_id) > after][:limit]

    def wait_of(self, person_id: str) -> Waiting | None:
        member = self.state.members.get(person_id)
        return self._of(member) if member is not None and member.mentee is not None else None

    def not_told_of(self, programme_id: str, since: datetime) -> Sequence[Waiting]:
        rows = self.waiting(programme_id, after=None, limit=10_000)
        return [row for row in rows if row.person_id not in self.state.risk_told and row.waiting_since <= since]

    def mark_told(self, mentee_id: str) -> None:
        self.state.risk_told.add(mentee_id)

    def causes(self, programme_id: str) -> Mapping[str | None, int]:
        return Counter(self._of(member).cause for member in self.looking(programme_id))

    def until_asked(self, programme_id: str, last: int) -> Sequence[float]:
        first = [m for m in self.state.matches.values() if m.programme_id == programme_id and m.attempt == 1]
        first.sort(key=lambda match: match.proposed_at, reverse=True)
        return [max(0.0, (match.proposed_at - match.waiting_since).total_seconds()) for match in first[:last]]

    def courses(self, programme_id: str, last: int) -> Sequence[Course]:
        pool = MemoryPool(self.state, self.now)
        found = []
        for member in self.state.members.values():
            if member.mentee is None or member.programme_id != programme_id:
                continue
            matches = [m for m in self.state.matches.values() if m.mentee_id == member.person_id]
            active = [m for m in matches if m.active_at]
            over = sorted((m for m in active if m.end_cause in ENDED_WELL), key=lambda m: str(m.ended_at))
            found.append(
                Course(
                    mentee=replace(pool._as_mentee(member), excluded=frozenset()),
                    asked_at=min((m.proposed_at for m in matches), default=None),
                    matched_at=min((m.active_at for m in active if m.active_at), default=None),
                    ended_well=ENDED_WELL[str(over[-1].end_cause)] if over else None,
                )
            )
        found.sort(key=lambda one: (one.mentee.facts.waiting_since, one.mentee.id), reverse=True)
        return found[:last]

    def _of(self, member: Member) -> Waiting:
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


class MemoryMatches(_Part):
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

    def add(self, match: Match, shown: Sequence[Part], score: int, request_shape: str) -> bool:
        if match.id in self.state.matches or self.live(match.mentee_id) is not None:
            return False
        self.state.matches[match.id] = match
        self.state.shown[match.id] = (tuple(shown), score)
        self.state.shapes[match.id] = request_shape
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


class MemoryRounds(_Part):
    def snapshot(self, programme_id: str) -> Snapshot:
        pool = MemoryPool(self.state, self.now)
        members = [member.person_id for member in self.state.members.values() if member.programme_id == programme_id]
        return Snapshot(
            programme=programme_id,
            at=self.now,
            weights=MemoryWeights(self.state, self.now).current(programme_id).weights,
            mentees=self.waiting(programme_id),
            mentors=tuple(pool.as_mentors(members).values()),
            pins=_kept(self.state, "pin"),
            blocks=_kept(self.state, "block"),
        )

    def waiting(self, programme_id: str) -> tuple[Mentee, ...]:
        pool = MemoryPool(self.state, self.now)
        waiting = pool.as_mentees([member.person_id for member in self.looking(programme_id)])
        blocks = _kept(self.state, "block")
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


class MemoryWeights(_Part):
    def _versions(self, programme_id: str) -> list[PublishedWeights]:
        first = PublishedWeights(weights=default_weights(1), published_at=None, by="cairn", reason="first")
        return [first, *self.state.weights.get(programme_id, [])]

    def current(self, programme_id: str) -> PublishedWeights:
        return self._versions(programme_id)[-1]

    def version(self, programme_id: str, version: int) -> PublishedWeights:
        found = [one for one in self._versions(programme_id) if one.weights.version == version]
        if not found:
            raise NotFound("weights_unknown", "There is no such version of the weights.")
        return found[0]

    def listed(self, programme_id: str, *, below: int | None, limit: int) -> Sequence[PublishedWeights]:
        rows = [one for one in self._versions(programme_id) if below is None or one.weights.version < below]
        return rows[::-1][:limit]

    def publish(self, programme_id: str, published: PublishedWeights, *, after: int) -> bool:
        if self.current(programme_id).weights.version != after:
            return False
        self.state.weights.setdefault(programme_id, []).append(published)
        return True

    def draft(self, programme_id: str, *, lock: bool = False) -> WeightsDraft | None:
        return self.state.drafts.get(programme_id)

    def keep_draft(self, programme_id: str, draft: WeightsDraft) -> bool:
        before = self.state.drafts.get(programme_id)
        if draft.revision != (before.revision + 1 if before else 1):
            return False
        self.state.drafts[programme_id] = draft
        return True

    def discard_draft(self, programme_id: str) -> None:
        self.state.drafts.pop(programme_id, None)


class MemoryPairs(_Part):
    def of(self, pair: Pair) -> PairRule | None:
        return self.state.pairs.get(pair)

    def pin_of(self, mentee_id: str) -> PairRule | None:
        pins = [rule for pair, rule in self.state.pairs.items() if pair.mentee_id == mentee_id and rule.kind == "pin"]
        return pins[0] if pins else None

    def listed(
        self, programme_id: str, kind: PairRuleKind, *, after: Position | None, limit: int
    ) -> Sequence[PairRule]:
        rows = [one for one in self.state.pairs.values() if one.programme_id == programme_id and one.kind == kind]
        rows.sort(key=lambda one: (one.since, "/".join(one.pair)), reverse=True)
        return [row for row in rows if after is None or (row.since, "/".join(row.pair)) < after][:limit]

    def hold(self, pair: Pair) -> bool:
        mentee, mentor = (self.state.members.get(person_id) for person_id in pair)
        return mentee is not None and mentor is not None and bool(mentee.mentee) and bool(mentor.mentor)

    def keep(self, rule: PairRule) -> None:
        assert rule.pair not in self.state.pairs
        self.state.pairs[rule.pair] = rule

    def drop(self, pair: Pair, kind: PairRuleKind) -> bool:
        found = self.state.pairs.get(pair)
        if found is None or found.kind != kind:
            return False
        del self.state.pairs[pair]
        return True


class MemoryReports(_Part):
    def get(self, programme_id: str, kind: str) -> Report | None:
        return self.state.reports.get((programme_id, kind))

    def ask(self, programme_id: str, kind: str) -> None:
        before = self.get(programme_id, kind)
        self.state.reports[programme_id, kind] = (
            replace(before, asked_at=self.now) if before else Report(asked_at=self.now)
        )

    def keep(self, programme_id: str, kind: str, content: Mapping[str, Any]) -> None:
        before = self.get(programme_id, kind) or Report(asked_at=self.now)
        self.state.reports[programme_id, kind] = replace(before, made_at=self.now, content=content)


def _kept(state: State, kind: PairRuleKind) -> frozenset[Pair]:
    return frozenset(pair for pair, rule in state.pairs.items() if rule.kind == kind)
