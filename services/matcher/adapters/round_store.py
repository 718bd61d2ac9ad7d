"""Store rounds in tables, with the snapshots of the last ones, so that these can be run again (see ``round_texts``)."""

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.core.errors import NotFound
from services.chassis.storage.database import insert_or_skip
from services.chassis.storage.unit_of_work import Transaction
from services.matcher.adapters import tables as t
from services.matcher.adapters.paging import behind
from services.matcher.adapters.people_reader import People
from services.matcher.adapters.round_texts import RoundTexts, numbers_in, pieces_of
from services.matcher.adapters.rows import round_of, round_values
from services.matcher.adapters.snapshot_reader import SnapshotReader
from services.matcher.adapters.weights_store import WeightsStore
from services.matcher.domain.candidates import Mentee
from services.matcher.domain.records import Position, Round, RoundMode, RoundOutline, RoundState
from services.matcher.domain.round import (
    COLD_START,
    RoundResult,
    Snapshot,
    WarmStart,
    result_from_json,
    result_to_json,
    snapshot_from_json,
    warm_start_from_json,
    warm_start_to_json,
)

_C = t.rounds.c
_HEAD = [column for column in t.rounds.columns if column.name not in ("read", "result", "prices")]
_NO_TEXTS: dict[str, Any] = {"read": None, "result": None, "prices": None}


class RoundStore:
    """See ``ports.Rounds``."""

    def __init__(self, tx: Transaction, weights: WeightsStore, people: People) -> None:
        self._now = tx.now
        self._connection = tx.connection
        self._texts = RoundTexts(tx.connection)
        self._pool = SnapshotReader(tx, weights, people)

    def snapshot(self, programme_id: str) -> Snapshot:
        """Return the people who wait, the mentors, weights, pins and blocks, as of one moment."""
        return self._pool.snapshot(programme_id)

    def size(self, programme_id: str) -> tuple[int, int]:
        """Return how many mentees and mentors a snapshot would have."""
        return self._pool.size(programme_id)

    def stamp(self, programme_id: str) -> tuple[int, ...]:
        """Return figures that change with the snapshot."""
        return self._pool.stamp(programme_id)

    def waiting(self, programme_id: str) -> tuple[Mentee, ...]:
        """Return the people who wait, as a round sees them, by id, without locks."""
        return self._pool.waiting(programme_id)

    def mode(self, programme_id: str) -> RoundMode:
        """Return whether mentors are asked at once, or after an admin has released the round."""
        query = sa.select(t.programmes.c.round_mode).where(t.programmes.c.programme_id == programme_id)
        return self._connection.scalar(query) or "rolling"

    def set_mode(self, programme_id: str, mode: RoundMode) -> None:
        """Set the mode, from the next round on."""
        insert_or_skip(self._connection, t.programmes, {"programme_id": programme_id})
        own = t.programmes.update().where(t.programmes.c.programme_id == programme_id)
        self._connection.execute(own.values(round_mode=mode))

    def unfinished(self, programme_id: str) -> tuple[Round, Snapshot, RoundResult | None] | None:
        """Return the open round and its snapshot, with its result where an admin released it; None without one."""
        self._texts.lock(programme_id)
        query = sa.select(t.rounds).where(_C.programme_id == programme_id, _C.state == "open").with_for_update()
        row = self._connection.execute(query).first()
        if row is None:
            return None
        decided = result_from_json(self._texts.read(row.result)) if row.result is not None else None
        return round_of(row), snapshot_from_json(self._texts.read(row.read)), decided

    def in_review(self, programme_id: str) -> Round | None:
        """Return the round that is held for review, if any."""
        query = sa.select(*_HEAD).where(_C.programme_id == programme_id, _C.state == "review")
        row = self._connection.execute(query).first()
        return None if row is None else round_of(row)

    def take_fence(self, programme_id: str) -> int:
        """Return a new fence: only its run may apply from now on, earlier runs no longer can."""
        insert_or_skip(self._connection, t.programmes, {"programme_id": programme_id})
        higher = (
            t.programmes.update()
            .where(t.programmes.c.programme_id == programme_id)
            .values(round_fence=t.programmes.c.round_fence + 1)
            .returning(t.programmes.c.round_fence)
        )
        fence: int = self._connection.execute(higher).scalar_one()
        return fence

    def open(self, opened: Round, read: Sequence[str]) -> None:
        """Store a round with its snapshot as canonical text, in pieces."""
        held = self._texts.keep(opened.programme_id, read)
        self._connection.execute(t.rounds.insert().values(round_id=opened.id, read=held, **round_values(opened)))

    def go_on(self, opened: Round, step: str, share: float) -> bool:
        """Store a round's progress; return False when it is no longer open, or another run has taken it over."""
        ours = t.rounds.update().where(_C.round_id == opened.id, _C.state == "open", _C.fence == opened.fence)
        return self._connection.execute(ours.values(step=step, share=share)).rowcount == 1

    def hold(self, held: Round, result: RoundResult, prices: WarmStart) -> None:
        """Store a round's result for review by an admin."""
        kept = {"result": self._keep(held, result), "prices": _packed(warm_start_to_json(prices))}
        self._connection.execute(t.rounds.update().where(_C.round_id == held.id).values(round_values(held) | kept))

    def move(self, round_id: str, state: RoundState) -> None:
        """Change the state of a round that has made no offer; one that ends so loses its snapshot and result."""
        values: dict[str, Any] = {"state": state, "step": None, "share": None, "proposed": 0}
        without_offers = state in ("given_up", "cancelled", "dropped")
        if without_offers:
            values |= _NO_TEXTS
        if state == "open":
            values["released_at"] = self._now
        moved = t.rounds.update().where(_C.round_id == round_id).values(values).returning(_C.programme_id)
        programme_id = self._connection.execute(moved).scalar_one()
        if without_offers:
            self._texts.drop_unused(programme_id)

    def holds(self, opened: Round) -> bool:
        """Return whether the round is open and this run has its fence; lock both until the transaction ends."""
        self._texts.lock(opened.programme_id)
        query = sa.select(_C.round_id).where(_C.round_id == opened.id, _C.state == "open", _C.fence == opened.fence)
        return self._connection.execute(query.with_for_update()).first() is not None

    def refence(self, opened: Round) -> None:
        """Give an open round the new fence of the run that resumes it."""
        self._connection.execute(t.rounds.update().where(_C.round_id == opened.id).values(fence=opened.fence))

    def forget(self, person_id: str) -> bool:
        """Delete the snapshots and results that contain a person; return whether an unfinished round is given up."""
        kept = sa.select(_C.programme_id).where(_C.read.is_not(None))
        # A round that read this person may be opening: lock their programme even where no round is stored yet.
        own = sa.select(t.people.c.programme_id).where(t.people.c.person_id == person_id)
        programmes = self._connection.scalars(kept.union(own).order_by("programme_id")).all()
        given_up = [self._forget(programme_id, person_id) for programme_id in programmes]
        return any(given_up)

    def _forget(self, programme_id: str, person_id: str) -> bool:
        self._texts.lock(programme_id)
        naming = self._texts.naming(programme_id, person_id)
        if not naming:
            return False
        query = sa.select(_C.round_id, _C.state, _C.read, _C.result)
        kept = query.where(_C.programme_id == programme_id, _C.read.is_not(None)).order_by(_C.round_id)
        given_up = False
        for row in self._connection.execute(kept.with_for_update()).all():
            if naming.isdisjoint(numbers_in(row.read) + numbers_in(row.result)):
                continue
            was_over = row.state not in ("open", "review")
            given_up |= not was_over
            unread = _NO_TEXTS | {"state": row.state if was_over else "given_up"}
            self._connection.execute(t.rounds.update().where(_C.round_id == row.round_id).values(unread))
        self._texts.drop_unused(programme_id)
        return given_up

    def proposed_in(self, round_id: str) -> int:
        """Return how many matches a round has proposed so far."""
        query = sa.select(sa.func.count()).select_from(t.matches).where(t.matches.c.round_id == round_id)
        return self._connection.execute(query).scalar_one()

    def finish(self, finished: Round, result: RoundResult, prices: WarmStart | None) -> None:
        """Store how a round ended."""
        values = round_values(finished) | {"result": self._keep(finished, result)}
        if prices is not None:
            values |= {"prices": _packed(warm_start_to_json(prices))}
        self._connection.execute(t.rounds.update().where(_C.round_id == finished.id).values(values))

    def _keep(self, decided: Round, result: RoundResult) -> bytes:
        return self._texts.keep(decided.programme_id, pieces_of(result_to_json(result)))

    def let_go(self, programme_id: str, *, kept: int, before: datetime) -> None:
        """Delete snapshots and results of rounds opened before a moment, except of the last ``kept``; figures stay."""
        read = (_C.programme_id == programme_id) & _C.read.is_not(None) & _C.state.not_in(["open", "review"])
        last = sa.select(_C.round_id).where(read).order_by(_C.opened_at.desc(), _C.round_id.desc()).limit(kept)
        old = t.rounds.update().where(read, _C.opened_at < before, _C.round_id.not_in(last.scalar_subquery()))
        if self._connection.execute(old.values(_NO_TEXTS)).rowcount:
            self._texts.drop_unused(programme_id)

    def prune(self, before: datetime, *, kept: int) -> int:
        """Delete rounds opened before a moment, except the last ``kept`` of a programme; return how many."""
        place = sa.func.row_number().over(
            partition_by=_C.programme_id, order_by=(_C.opened_at.desc(), _C.round_id.desc())
        )
        ranked = sa.select(_C.round_id, place.label("place")).subquery()
        last = sa.select(ranked.c.round_id).where(ranked.c.place <= kept)
        old = t.rounds.delete().where(
            _C.opened_at < before, _C.state.not_in(["open", "review"]), _C.round_id.not_in(last)
        )
        programmes = self._connection.scalars(old.returning(_C.programme_id)).all()
        for programme_id in sorted(set(programmes)):
            self._texts.drop_unused(programme_id)
        return len(programmes)

    def last_prices(self, programme_id: str) -> WarmStart:
        """Return the prices of the last stored round; a cold start where there is none."""
        kept = sa.select(_C.prices).where(_C.programme_id == programme_id, _C.prices.is_not(None))
        packed = self._connection.scalar(kept.order_by(_C.opened_at.desc(), _C.round_id.desc()).limit(1))
        return COLD_START if packed is None else warm_start_from_json(_unpacked(packed))

    def get(self, round_id: str, *, lock: bool = False) -> Round:
        """Return the round; raise NotFound."""
        query = sa.select(*_HEAD).where(_C.round_id == round_id)
        row = self._connection.execute(query.with_for_update() if lock else query).first()
        if row is None:
            raise NotFound("round_unknown", "There is no round with this id.")
        return round_of(row)

    def listed(self, programme_id: str, *, after: Position | None, limit: int) -> Sequence[Round]:
        """List the rounds of a programme, the latest first, after a position."""
        order = (_C.opened_at, _C.round_id)
        query = (
            sa.select(*_HEAD)
            .where(_C.programme_id == programme_id, behind(order, after, latest_first=True))
            .order_by(*(column.desc() for column in order))
            .limit(limit)
        )
        return [round_of(row) for row in self._connection.execute(query)]

    def outline(self, round_id: str) -> RoundOutline | None:
        """Return a round's result without reasons; None when it is no longer stored."""
        query = sa.select(_C.result, _C.released_at).where(_C.round_id == round_id, _C.result.is_not(None))
        row = self._connection.execute(query).first()
        if row is None:
            return None
        result = result_from_json(self._texts.read(row.result))
        return RoundOutline(
            released=row.released_at is not None,
            pairs={proposal.mentee_id: proposal.mentor_id for proposal in result.proposals},
            alternates=dict(result.alternates),
        )

    def stored(self, round_id: str) -> tuple[str, str] | None:
        """Return a round's snapshot and result as the canonical texts that were hashed; None when no longer stored."""
        row = self._connection.execute(sa.select(_C.read, _C.result).where(_C.round_id == round_id)).first()
        if row is None or row.read is None or row.result is None:
            return None
        return self._texts.read(row.read), self._texts.read(row.result)


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode(), level=1)


def _unpacked(stored: bytes) -> str:
    return zlib.decompress(stored).decode()
