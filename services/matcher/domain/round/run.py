"""Run a round."""

from collections.abc import Callable
from dataclasses import replace

from services.matcher.domain.explain import parts_of, reasons_of, why_unmatched
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.problem import Problem, build
from services.matcher.domain.features.reading import Reading, read
from services.matcher.domain.people import Pair
from services.matcher.domain.round.as_json import hashed_part, snapshot_to_json
from services.matcher.domain.round.assign import Answer, assign
from services.matcher.domain.round.canonical import digest
from services.matcher.domain.round.pins import settle_pins
from services.matcher.domain.round.values import Proof, Proposal, RoundResult, Snapshot, Unmatched
from services.matcher.domain.solve import Limits


def run_round(
    snapshot: Snapshot,
    *,
    limits: Limits | None = None,
    progress: Callable[[str, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> RoundResult:
    """Pair the people of a snapshot as well as can be, prove it, and say why for each.

    Raises ``MatchingError`` (``RunCancelledError``, ``TimeLimitReachedError``, ...) from the kernel; never half a
    result.
    """
    rest, pinned, refused = settle_pins(in_order(snapshot))
    problem = build(read(Pool(rest.mentees, rest.mentors, rest.at, rest.weights), rest.blocks))
    answer = assign(problem, limits=limits, progress=progress, cancelled=cancelled)
    rows = [(i, j) for i, j in enumerate(answer.mentor_of) if j >= 0]
    proposals = _proposals(problem.reading, rows) + _pinned(snapshot, pinned)
    left = [row for row, mentor in enumerate(answer.mentor_of) if mentor < 0]
    certificate = answer.certificate
    result = RoundResult(
        proposals=tuple(sorted(proposals, key=lambda one: one.mentee_id)),
        alternates=tuple(_alternates(problem, answer)),
        unmatched=tuple(_unmatched(problem, row) for row in left),
        refused_pins=refused,
        certificate=Proof(
            primal=int(certificate.primal), dual=int(certificate.dual), violations=int(certificate.violations)
        ),
        input_hash=digest(snapshot_to_json(snapshot)),
        result_hash="",
    )
    return replace(result, result_hash=digest(hashed_part(result)))


def in_order(snapshot: Snapshot) -> Snapshot:
    """The same snapshot with people in the order of their ids; ValueError when an id stands twice."""
    for people in (snapshot.mentees, snapshot.mentors):
        ids = [one.id for one in people]
        if len(set(ids)) != len(ids):
            raise ValueError("a person stands twice in the snapshot")
    return replace(
        snapshot,
        mentees=tuple(sorted(snapshot.mentees, key=lambda one: one.id)),
        mentors=tuple(sorted(snapshot.mentors, key=lambda one: one.id)),
    )


def _proposals(reading: Reading, rows: list[tuple[int, int]]) -> list[Proposal]:
    pool = reading.pool
    return [
        Proposal(
            mentee_id=pool.mentees[i].id,
            mentor_id=pool.mentors[j].id,
            score=score,
            parts=parts,
            reasons=reasons_of(parts),
        )
        for (i, j), (parts, score) in zip(rows, parts_of(reading, rows), strict=True)
    ]


def _pinned(snapshot: Snapshot, pins: tuple[Pair, ...]) -> list[Proposal]:
    mentees = {one.id: one for one in snapshot.mentees}
    mentors = {one.id: one for one in snapshot.mentors}
    pool = Pool(
        tuple(mentees[pin.mentee_id] for pin in pins),
        tuple(mentors[pin.mentor_id] for pin in pins),
        snapshot.at,
        snapshot.weights,
    )
    return [replace(one, pinned=True) for one in _proposals(read(pool), [(row, row) for row in range(len(pins))])]


def _alternates(problem: Problem, answer: Answer) -> list[tuple[str, tuple[str, ...]]]:
    pool = problem.pool
    return [
        (pool.mentees[i].id, tuple(pool.mentors[j].id for j in answer.others[i]))
        for i, mentor in enumerate(answer.mentor_of)
        if mentor >= 0
    ]


def _unmatched(problem: Problem, row: int) -> Unmatched:
    why = why_unmatched(problem, row)
    return Unmatched(mentee_id=problem.pool.mentees[row].id, cause=why.cause, rules=why.rules)
