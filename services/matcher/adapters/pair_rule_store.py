"""Store pins and blocks in one table: a pair has one row at most."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.storage.unit_of_work import Transaction
from services.matcher.adapters import tables as t
from services.matcher.adapters.paging import behind
from services.matcher.domain.candidates import Pair
from services.matcher.domain.records import PairRule, PairRuleKind, Position

_P = t.pair_rules.c


class PairsStore:
    """See ``ports.Pairs``."""

    def __init__(self, tx: Transaction) -> None:
        self._connection = tx.connection

    def of(self, pair: Pair) -> PairRule | None:
        """Return the pin or block of a pair, if any."""
        return self._first(_P.mentee_id == pair.mentee_id, _P.mentor_id == pair.mentor_id)

    def pin_of(self, mentee_id: str) -> PairRule | None:
        """Return the pin of a mentee, if any."""
        return self._first(_P.mentee_id == mentee_id, _P.kind == "pin")

    def listed(
        self, programme_id: str, kind: PairRuleKind, *, after: Position | None, limit: int
    ) -> Sequence[PairRule]:
        """List the pins or blocks of a programme, the latest first, after a position."""
        order = (_P.since, _P.mentee_id + sa.literal("/") + _P.mentor_id)
        query = (
            sa.select(t.pair_rules)
            .where(_P.programme_id == programme_id, _P.kind == kind, behind(order, after, latest_first=True))
            .order_by(*(column.desc() for column in order))
            .limit(limit)
        )
        return [_rule_of(row) for row in self._connection.execute(query)]

    def hold(self, pair: Pair) -> bool:
        """Lock both people of a pair until the transaction ends; return False when one of them does not exist."""
        for table, person_id in ((t.mentees, pair.mentee_id), (t.mentors, pair.mentor_id)):
            condition = (table.c.person_id == person_id) & table.c.facts.is_not(None)
            query = sa.select(table.c.person_id).where(condition).with_for_update()
            if self._connection.execute(query).first() is None:
                return False
        return True

    def keep(self, rule: PairRule) -> None:
        """Store the pin or block of a pair that has none yet."""
        self._connection.execute(
            t.pair_rules.insert().values(
                mentee_id=rule.pair.mentee_id,
                mentor_id=rule.pair.mentor_id,
                kind=rule.kind,
                programme_id=rule.programme_id,
                by=rule.by,
                reason=rule.reason,
                since=rule.since,
            )
        )

    def drop(self, pair: Pair, kind: PairRuleKind) -> bool:
        """Delete a pin or block; return False when there was none."""
        condition = (_P.mentee_id == pair.mentee_id) & (_P.mentor_id == pair.mentor_id) & (_P.kind == kind)
        return self._connection.execute(t.pair_rules.delete().where(condition)).rowcount == 1

    def _first(self, *where: sa.ColumnElement[bool]) -> PairRule | None:
        row = self._connection.execute(sa.select(t.pair_rules).where(*where)).first()
        return None if row is None else _rule_of(row)


def pairs_of(connection: sa.Connection, programme_id: str, kind: PairRuleKind) -> frozenset[Pair]:
    """Return all pinned or all blocked pairs of a programme."""
    query = sa.select(_P.mentee_id, _P.mentor_id).where(_P.programme_id == programme_id, _P.kind == kind)
    return frozenset(Pair(row.mentee_id, row.mentor_id) for row in connection.execute(query))


def blocked_for(connection: sa.Connection, mentee_ids: Iterable[str]) -> Iterable[Pair]:
    """Return the blocked pairs of these mentees."""
    query = sa.select(_P.mentee_id, _P.mentor_id).where(_P.kind == "block", _P.mentee_id.in_(list(mentee_ids)))
    return [Pair(row.mentee_id, row.mentor_id) for row in connection.execute(query)]


def _rule_of(row: sa.Row[Any]) -> PairRule:
    return PairRule(
        kind=row.kind,
        programme_id=row.programme_id,
        pair=Pair(row.mentee_id, row.mentor_id),
        by=row.by,
        reason=row.reason,
        since=row.since,
    )
