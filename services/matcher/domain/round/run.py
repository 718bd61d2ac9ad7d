"""Run a round."""

from dataclasses import dataclass, replace

from services.matcher.domain.explain import cause_each, parts_of, reasons_of
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.problem import Problem
from services.matcher.domain.features.reading import Reading, read
from services.matcher.domain.people import Pair
from services.matcher.domain.round.as_json import hashed_part, snapshot_to_json
from services.matcher.domain.round.assign import Answer
from services.matcher.domain.round.canonical import digest
from services.matcher.domain.round.prices import NO_PRICES, Prices, prices_of
from services.matcher.domain.round.settle import settle
from services.matcher.domain.round.values import Proof, Proposal, RoundResult, Snapshot, Unmatched
from services.matcher.domain.solve import Limits, Watch


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a round decided, and the prices that let the next one decide sooner."""

    result: RoundResult
    prices: Prices = NO_PRICES


def run_round(snapshot: Snapshot, *, limits: Limits | None = None, watch: Watch | None = None) -> RoundResult:
    """Pair the people of a snapshot as well as can be, prove it, and say why for each.

    Raises ``MatchingError`` (``RunCancelledError``, ``TimeLimitReachedError``, ...) from the kernel; never half a
    result.
    """
    return decide_round(snapshot, limits=limits, watch=watch).result


def decide_round(
    snapshot: Snapshot,
    *,
    start: Prices = NO_PRICES,
    input_hash: str | None = None,
    limits: Limits | None = None,
    watch: Watch | None = None,
) -> Decision:
    """The same, by the prices of an earlier round if there are any; the result is the same to the byte.

    ``input_hash`` is the digest of the snapshot's text, where that is known already. ``watch`` is kept from the first
    person read to the last reason given.
    """
    watch = watch or Watch()
    settled = settle(snapshot, start=start, limits=limits, watch=watch)
    problem, answer = settled.problem, settled.answer
    watch.look("reasons", 0.0)
    rows = [(i, j) for i, j in enumerate(answer.mentor_of) if j >= 0]
    proposals = _proposals(problem.reading, rows) + _pinned(settled.snapshot, settled.pinned)
    watch.look("reasons", 0.5)
    unmatched = _unmatched(problem, [row for row, mentor in enumerate(answer.mentor_of) if mentor < 0])
    watch.look("reasons", 1.0)
    certificate = answer.certificate
    result = RoundResult(
        proposals=tuple(sorted(proposals, key=lambda one: one.mentee_id)),
        alternates=tuple(_alternates(problem, answer)),
        unmatched=unmatched,
        refused_pins=settled.refused,
        certificate=Proof(
            primal=int(certificate.primal), dual=int(certificate.dual), violations=int(certificate.violations)
        ),
        input_hash=input_hash or digest(snapshot_to_json(settled.snapshot)),
        result_hash="",
    )
    sealed = replace(result, result_hash=digest(hashed_part(result)))
    return Decision(result=sealed, prices=prices_of(problem, answer.assignment))


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
    if not pins:
        return []
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


def _unmatched(problem: Problem, rows: list[int]) -> tuple[Unmatched, ...]:
    people = [problem.pool.mentees[row].id for row in rows]
    return tuple(
        Unmatched(mentee_id=mentee_id, cause=cause, rules=rules)
        for mentee_id, (cause, rules) in zip(people, cause_each(problem, rows), strict=True)
    )
