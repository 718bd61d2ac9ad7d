"""Read the pool as a round sees it: mentees who wait, mentors, pins and blocks."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from services.chassis.messages.codec import decode
from services.chassis.storage.unit_of_work import Transaction
from services.events.facts import MenteeFacts, MentorFacts
from services.matcher.adapters import tables as t
from services.matcher.adapters.pair_rule_store import pairs_of
from services.matcher.adapters.people_reader import Known, People, Stamp, refresh_people
from services.matcher.adapters.pool_store import is_paused, shapes_taken
from services.matcher.adapters.round_texts import RoundTexts
from services.matcher.adapters.waits_store import without_live_match
from services.matcher.adapters.weights_store import WeightsStore
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.round import Snapshot, result_from_json

_M = t.matches.c
_AT_ONCE = 1000  # people whose facts are read in one query
F = TypeVar("F")


class SnapshotReader:
    """Reads a programme's pool; consistent as of one moment in a read-only transaction."""

    def __init__(self, tx: Transaction, weights: WeightsStore, people: People) -> None:
        self._people = people
        self._keeps = tx.read_only  # other transactions may be rolled back, or see two moments
        self._now = tx.now
        self._connection = tx.connection
        self._weights = weights

    def snapshot(self, programme_id: str) -> Snapshot:
        """Return the people who wait, the mentors, weights, pins and blocks."""
        mentees, mentors = self._waiting(programme_id), self._mentors(programme_id)
        if self._keeps:
            self._people.keep(programme_id, mentees, mentors)
        return Snapshot(
            programme=programme_id,
            at=self._now,
            weights=self._weights.current(programme_id).weights,
            mentees=tuple(known.person for known in mentees.values()),
            mentors=tuple(known.person for known in mentors.values()),
            pins=pairs_of(self._connection, programme_id, "pin"),
            blocks=pairs_of(self._connection, programme_id, "block"),
        )

    def size(self, programme_id: str) -> tuple[int, int]:
        """Return how many mentees and mentors a snapshot would have."""
        count = sa.select(sa.func.count())
        waiting = count.select_from(t.mentees).where(_waiting(programme_id))
        mentors = count.select_from(t.mentors).where(_mentors_of(programme_id))
        return self._connection.execute(waiting).scalar_one(), self._connection.execute(mentors).scalar_one()

    def stamp(self, programme_id: str) -> tuple[int, ...]:
        """Return figures that change with every person, match, place, pin, block and version of the weights."""
        people, mentors, rules = t.people.c, t.mentors.c, t.pair_rules.c
        count = sa.func.count()
        total = sa.func.coalesce
        queries = (
            sa.select(count, total(sa.func.sum(people.version), 0)).where(people.programme_id == programme_id),
            sa.select(count, total(sa.func.sum(_M.version), 0)).where(_M.programme_id == programme_id),
            sa.select(total(sa.func.sum(mentors.taken), 0), sa.func.count(mentors.resting_until)).where(
                mentors.programme_id == programme_id
            ),
            sa.select(count, sa.func.count(sa.case((rules.kind == "pin", 1)))).where(
                rules.programme_id == programme_id
            ),
        )
        figures = [int(figure) for query in queries for figure in self._connection.execute(query).one()]
        return (self._weights.current(programme_id).weights.version, *figures)

    def waiting(self, programme_id: str) -> tuple[Mentee, ...]:
        """Return the people who wait, by id, without locks."""
        return tuple(known.person for known in self._waiting(programme_id).values())

    def _waiting(self, programme_id: str) -> dict[str, Known[Mentee]]:
        waiting = _waiting(programme_id)
        apart: dict[str, set[str]] = defaultdict(set)
        pairs = sa.select(t.apart.c.mentee_id, t.apart.c.mentor_id).join(
            t.mentees, t.mentees.c.person_id == t.apart.c.mentee_id
        )
        for row in self._connection.execute(pairs.where(waiting)):
            apart[row.mentee_id].add(row.mentor_id)
        held = self._held(programme_id)
        stamps = {
            person_id: (version, tries, frozenset(apart.get(person_id, ())), held.get(person_id))
            for person_id, version, tries in self._connection.execute(
                _without_facts(t.mentees, waiting, t.mentees.c.tries)
            )
        }

        def make(person_id: str, facts: MenteeFacts, stamp: Stamp) -> Mentee:
            _, tries, excluded, mentor_id = stamp
            return Mentee(
                id=person_id, programme=programme_id, facts=facts, excluded=excluded, tries=tries, held=mentor_id
            )

        return refresh_people(self._people.mentees(programme_id), stamps, self._read(t.mentees, MenteeFacts), make)

    def _mentors(self, programme_id: str) -> dict[str, Known[Mentor]]:
        m = t.mentors.c
        query = _without_facts(
            t.mentors, _mentors_of(programme_id), m.taken, m.askable, m.resting_until, m.trained_until
        )
        shapes = shapes_taken(self._connection, _M.programme_id == programme_id)
        stamps = {
            person_id: (version, taken, shapes.get(person_id, ()), is_paused(self._now, *readiness))
            for person_id, version, taken, *readiness in self._connection.execute(query)
        }

        def make(person_id: str, facts: MentorFacts, stamp: Stamp) -> Mentor:
            _, taken, shapes_of, paused = stamp
            return Mentor(
                id=person_id, programme=programme_id, facts=facts, taken=taken, shapes_taken=shapes_of, paused=paused
            )

        return refresh_people(self._people.mentors(programme_id), stamps, self._read(t.mentors, MentorFacts), make)

    def _read(self, table: sa.Table, kind: type[F]) -> Callable[[Sequence[str]], dict[str, F]]:
        """Return a function that reads the facts of people from ``table``, by id."""

        def facts_of(person_ids: Sequence[str]) -> dict[str, F]:
            facts = {}
            for start in range(0, len(person_ids), _AT_ONCE):
                batch = table.c.person_id.in_(person_ids[start : start + _AT_ONCE])
                for person_id, stored in self._connection.execute(
                    sa.select(table.c.person_id, table.c.facts).where(batch)
                ):
                    facts[person_id] = decode(kind, stored)
            return facts

        return facts_of

    def _held(self, programme_id: str) -> Mapping[str, str]:
        """Return the mentor, by mentee, of each pair that the last round decided and dropped."""
        last = (
            sa.select(t.rounds.c.round_id, t.rounds.c.dropped, t.rounds.c.result)
            .where(t.rounds.c.programme_id == programme_id, t.rounds.c.state == "applied")
            .order_by(t.rounds.c.opened_at.desc(), t.rounds.c.round_id.desc())
            .limit(1)
        )
        row = self._connection.execute(last).first()
        if row is None or not row.dropped or row.result is None:
            return {}
        decided = result_from_json(RoundTexts(self._connection).read(row.result)).proposals
        sent = set(self._connection.scalars(sa.select(_M.mentee_id).where(_M.round_id == row.round_id)))
        return {pair.mentee_id: pair.mentor_id for pair in decided if pair.mentee_id not in sent}


def _without_facts(table: sa.Table, which: sa.ColumnElement[bool], *more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Return the query for everything but the facts of people, by id: short rows, thousands of them."""
    query = sa.select(table.c.person_id, t.people.c.version, *more)
    return query.join(t.people, t.people.c.person_id == table.c.person_id).where(which).order_by(table.c.person_id)


def _waiting(programme_id: str) -> sa.ColumnElement[bool]:
    return (t.mentees.c.programme_id == programme_id) & t.mentees.c.looking & without_live_match()


def _mentors_of(programme_id: str) -> sa.ColumnElement[bool]:
    return (t.mentors.c.programme_id == programme_id) & t.mentors.c.facts.is_not(None)
