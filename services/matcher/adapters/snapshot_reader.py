"""Reads the pool as a round sees it: who waits, who may be asked, what admins decided about pairs."""

import json
import zlib
from collections import defaultdict
from collections.abc import Mapping

import sqlalchemy as sa

from services.chassis.unit_of_work import Transaction
from services.matcher.adapters import tables as t
from services.matcher.adapters.facts_read import Facts
from services.matcher.adapters.pairs_store import pairs_of
from services.matcher.adapters.pool_store import MENTEE, MENTOR, mentee_of, mentor_of, shapes_taken
from services.matcher.adapters.waits_store import without_live_match
from services.matcher.adapters.weights_store import WeightsStore
from services.matcher.domain.people import Mentee, Mentor
from services.matcher.domain.round import Snapshot

_M = t.matches.c


class SnapshotReader:
    """One programme's pool; of one moment, when read in a read-only transaction."""

    def __init__(self, tx: Transaction, weights: WeightsStore, facts: Facts) -> None:
        self._facts = facts
        self._now = tx.now
        self._connection = tx.connection
        self._weights = weights

    def snapshot(self, programme_id: str) -> Snapshot:
        """Everybody who waits, every mentor, the weights, pins and blocks."""
        return Snapshot(
            programme=programme_id,
            at=self._now,
            weights=self._weights.current(programme_id).weights,
            mentees=self.waiting(programme_id),
            mentors=self._mentors(programme_id),
            pins=pairs_of(self._connection, programme_id, "pin"),
            blocks=pairs_of(self._connection, programme_id, "block"),
        )

    def size(self, programme_id: str) -> tuple[int, int]:
        """How many mentees and mentors a snapshot would have."""
        count = sa.select(sa.func.count())
        waiting = count.select_from(t.mentees).where(_waiting(programme_id))
        mentors = count.select_from(t.mentors).where(_mentors_of(programme_id))
        return self._connection.execute(waiting).scalar_one(), self._connection.execute(mentors).scalar_one()

    def stamp(self, programme_id: str) -> tuple[int, ...]:
        """Figures that change whenever a person, a match, a place, a pin, a block or the weights do."""
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
        """Those who wait, by id; nobody is locked."""
        waiting = _waiting(programme_id)
        apart: dict[str, set[str]] = defaultdict(set)
        pairs = sa.select(t.apart.c.mentee_id, t.apart.c.mentor_id).join(
            t.mentees, t.mentees.c.person_id == t.apart.c.mentee_id
        )
        for row in self._connection.execute(pairs.where(waiting)):
            apart[row.mentee_id].add(row.mentor_id)
        held = self._held(programme_id)
        query = sa.select(*MENTEE).where(waiting).order_by(t.mentees.c.person_id)
        return tuple(
            mentee_of(row, self._facts, frozenset(apart.get(row.person_id, ())), held.get(row.person_id))
            for row in self._connection.execute(query)
        )

    def _mentors(self, programme_id: str) -> tuple[Mentor, ...]:
        query = sa.select(*MENTOR).where(_mentors_of(programme_id)).order_by(t.mentors.c.person_id)
        shapes = shapes_taken(self._connection, _M.programme_id == programme_id)
        return tuple(
            mentor_of(row, self._facts, self._now, shapes.get(row.person_id, ()))
            for row in self._connection.execute(query)
        )

    def _held(self, programme_id: str) -> Mapping[str, str]:
        """What the last round decided and could not send: the mentor of each mentee whose pair was dropped."""
        last = (
            sa.select(t.rounds.c.round_id, t.rounds.c.dropped, t.rounds.c.result)
            .where(t.rounds.c.programme_id == programme_id, t.rounds.c.state == "applied")
            .order_by(t.rounds.c.opened_at.desc(), t.rounds.c.round_id.desc())
            .limit(1)
        )
        row = self._connection.execute(last).first()
        if row is None or not row.dropped or row.result is None:
            return {}
        decided = json.loads(zlib.decompress(row.result))["proposals"]
        sent = set(self._connection.scalars(sa.select(_M.mentee_id).where(_M.round_id == row.round_id)))
        return {told["mentee_id"]: told["mentor_id"] for told in decided if told["mentee_id"] not in sent}


def _waiting(programme_id: str) -> sa.ColumnElement[bool]:
    return (t.mentees.c.programme_id == programme_id) & t.mentees.c.looking & without_live_match()


def _mentors_of(programme_id: str) -> sa.ColumnElement[bool]:
    return (t.mentors.c.programme_id == programme_id) & t.mentors.c.facts.is_not(None)
