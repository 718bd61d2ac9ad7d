"""Decide a round: proposals, alternates, causes and certificate from a snapshot."""

from dataclasses import dataclass, replace

from services.matcher.domain.candidates import Pair
from services.matcher.domain.explain import cause_each, parts_of, reasons_of
from services.matcher.domain.formulation.weighted_pool import WeightedPool, weigh_pairs
from services.matcher.domain.round.json_text import digest, hashed_part, snapshot_to_json
from services.matcher.domain.round.lazy_constraints import RoundAssignment
from services.matcher.domain.round.snapshot_and_result import Proposal, RoundResult, Snapshot, Unmatched
from services.matcher.domain.round.solve_pool import solve_pool
from services.matcher.domain.round.warm_start import COLD_START, WarmStart, warm_start_from
from services.matcher.solver.column_generation import Limits, Watch


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The result of a round, and the prices with which the next round starts warm."""

    result: RoundResult
    prices: WarmStart = COLD_START


def run_round(snapshot: Snapshot, *, limits: Limits | None = None, watch: Watch | None = None) -> RoundResult:
    """Return the optimal pairs of a snapshot with a certificate, reasons and causes.

    Raises ``MatchingError`` (``RunCancelledError``, ``TimeLimitReachedError``, ...) from the solver; never a partial
    result.
    """
    return decide_round(snapshot, limits=limits, watch=watch).result


def decide_round(
    snapshot: Snapshot,
    *,
    start: WarmStart = COLD_START,
    input_hash: str | None = None,
    limits: Limits | None = None,
    watch: Watch | None = None,
) -> Decision:
    """Run a round from the prices of an earlier round, if there are any; the result is the same to the byte.

    ``input_hash`` is the digest of the snapshot's text, where it is known already. ``watch`` covers the whole round,
    from encoding to the last reason. Raises as ``run_round`` does.
    """
    watch = watch or Watch()
    solved = solve_pool(snapshot, start=start, limits=limits, watch=watch)
    weighted_pool, answer = solved.problem, solved.answer
    watch.look("reasons", 0.0)
    rows = [(i, j) for i, j in enumerate(answer.mentor_of) if j >= 0]
    proposals = _proposals(weighted_pool, rows) + _pinned(solved.snapshot, solved.pinned)
    watch.look("reasons", 0.5)
    unmatched = _unmatched(weighted_pool, [row for row, mentor in enumerate(answer.mentor_of) if mentor < 0])
    watch.look("reasons", 1.0)
    result = RoundResult(
        proposals=tuple(sorted(proposals, key=lambda proposal: proposal.mentee_id)),
        alternates=tuple(_alternates(weighted_pool, answer)),
        unmatched=unmatched,
        refused_pins=solved.refused,
        certificate=answer.certificate,
        input_hash=input_hash or digest(snapshot_to_json(solved.snapshot)),
        result_hash="",
    )
    sealed = replace(result, result_hash=digest(hashed_part(result)))
    return Decision(result=sealed, prices=warm_start_from(weighted_pool, answer.assignment))


def _proposals(weighted_pool: WeightedPool, rows: list[tuple[int, int]]) -> list[Proposal]:
    pool = weighted_pool.pool
    return [
        Proposal(
            mentee_id=pool.mentees[i].id,
            mentor_id=pool.mentors[j].id,
            score=score,
            parts=parts,
            reasons=reasons_of(parts),
        )
        for (i, j), (parts, score) in zip(rows, parts_of(weighted_pool, rows), strict=True)
    ]


def _pinned(snapshot: Snapshot, pins: tuple[Pair, ...]) -> list[Proposal]:
    if not pins:
        return []
    mentees = {person.id: person for person in snapshot.mentees}
    mentors = {person.id: person for person in snapshot.mentors}
    pairs = [(mentees[pin.mentee_id], mentors[pin.mentor_id]) for pin in pins]
    weighted_pool, rows, columns = weigh_pairs(pairs, snapshot.at, snapshot.weights)
    proposals = _proposals(weighted_pool, list(zip(rows.tolist(), columns.tolist(), strict=True)))
    return [replace(proposal, pinned=True) for proposal in proposals]


def _alternates(weighted_pool: WeightedPool, answer: RoundAssignment) -> list[tuple[str, tuple[str, ...]]]:
    pool = weighted_pool.pool
    return [
        (pool.mentees[i].id, tuple(pool.mentors[j].id for j in answer.others[i]))
        for i, mentor in enumerate(answer.mentor_of)
        if mentor >= 0
    ]


def _unmatched(weighted_pool: WeightedPool, rows: list[int]) -> tuple[Unmatched, ...]:
    people = [weighted_pool.pool.mentees[row].id for row in rows]
    return tuple(
        Unmatched(mentee_id=mentee_id, cause=cause, rules=rules)
        for mentee_id, (cause, rules) in zip(people, cause_each(weighted_pool, rows), strict=True)
    )
