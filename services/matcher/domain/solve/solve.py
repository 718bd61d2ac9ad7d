"""Solve a round: score, assign on a sparse core, prove over all eligible pairs.

Lists of the best of each side make a core that holds nearly every pair an optimum can use. Its prices then judge all
others: a pair left out has a (value, tie) at most the cut of either of its people, so it can only be worth more than
their prices where both prices are below the cuts. Those few are scored again; what the prices do not cover joins the
core, which is solved again from where it stood. When nothing is uncovered the prices cover every eligible pair, and
linear programming duality proves the assignment best among all of them (column generation; Dantzig and Wolfe,
Operations Research 8, 1960).
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from services.matcher.domain.arrays import I64
from services.matcher.domain.assignment import (
    LARGEST_TOTAL,
    Edges,
    Outcome,
    TieBreak,
    certify,
    checked_capacity,
    indexed,
    optimise,
    priced,
)
from services.matcher.domain.compiled import core
from services.matcher.domain.eligibility import Rules, kinds_of
from services.matcher.domain.errors import BadArraysError, ValueTooLargeError
from services.matcher.domain.scoring import Lists, Prices, Scores, Uncovered, largest_fit, refuse_too_large
from services.matcher.domain.solve.keep import Keep, bonuses_matter, keep_for, refuse_too_much_memory
from services.matcher.domain.solve.limits import Cancelled, Limits, Progress
from services.matcher.domain.solve.margin import beyond_margin
from services.matcher.domain.solve.scorers import Scorer, scorer_for
from services.matcher.domain.solve.solution import Solution, Stats
from services.matcher.domain.solve.watch import Watch


def solve(
    rules: Rules,
    scores: Scores,
    capacity: npt.ArrayLike,  # (N,) places per mentor, >= 0
    *,
    tie_break: TieBreak | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    alternates: int = 3,
    compiled: bool | None = None,  # None: when it is built; True: required; False: the plain twin
    keep: Keep | None = None,
) -> Solution:
    """Return the assignment of most total score with its proof; the same pairs whatever the order of rows.

    Without `tie_break`, row numbers decide between equals. Raises `BadArraysError`, `ValueTooLargeError`,
    `TimeLimitReachedError`, `MemoryLimitReachedError` or `RunCancelledError`.
    """
    known_rules, known_scores, places = _checked(rules, scores, capacity)
    mentees, mentors = known_rules.mentees, known_rules.mentors
    keys = (tie_break or TieBreak.by_row(mentees, mentors)).checked(mentees, mentors)
    bounds = limits or Limits()
    watch = Watch(bounds, progress, cancelled)
    keeping = keep or keep_for(mentees, places, alternates, ranked=bonuses_matter(known_scores))
    refuse_too_much_memory(bounds, keeping, known_scores)
    kinds = kinds_of(known_rules)
    beyond = beyond_margin(known_scores, places)
    within = replace(known_scores, mentee_bonus=known_scores.mentee_bonus - beyond)
    scorer = scorer_for(within, kinds, places, keys, compiled, bounds.threads)
    lists = scorer.collect(keeping.of_mentor, keeping.of_mentee, alternates + 1, watch.during("score"))
    edges, outcome, rounds = _priced_out(scorer, lists, places, beyond, keys, watch, compiled)
    assignment = priced(edges, places, outcome)
    return Solution(
        assignment=assignment,
        certificate=certify(edges, places, assignment, trusted=True, compiled=compiled),
        alternates=_others(lists.best, assignment.mentor_of, alternates),
        eligible_count=lists.eligible,
        core=edges,
        stats=Stats(int(lists.eligible.sum()), len(edges.mentor), kinds.count, rounds, core(compiled) is not None),
    )


def _checked(rules: Rules, scores: Scores, capacity: npt.ArrayLike) -> tuple[Rules, Scores, I64]:
    known_rules, known_scores, places = rules.checked(), scores.checked(), checked_capacity(capacity)
    mentees, mentors = known_rules.mentees, known_rules.mentors
    if (mentees, mentors) != (len(known_scores.mentee_bonus), len(known_scores.mentor_bonus)):
        raise BadArraysError("rules and scores speak of different numbers of people")
    if mentors != len(places):
        raise BadArraysError("capacity does not have one number per mentor")
    refuse_too_large(known_scores)
    largest = largest_fit(known_scores) + int(known_scores.mentee_bonus.max(initial=0))
    if largest * mentees > LARGEST_TOTAL:
        raise ValueTooLargeError(f"scores up to {largest} for {mentees} mentees could overflow 64-bit sums")
    return known_rules, known_scores, places


def _priced_out(
    scorer: Scorer, lists: Lists, capacity: I64, beyond: I64, keys: TieBreak, watch: Watch, compiled: bool | None
) -> tuple[Edges, Outcome, int]:
    """Solve the core and add what its prices do not cover, until they cover everything.

    Lists and scorer leave `beyond` (M,) out of every value of a mentee; edges and prices have it.
    """
    indptr, mentor, value, tie = lists.indptr, lists.mentor, lists.value, lists.tie
    aside = bool(beyond.any())
    if aside:
        value = value + np.repeat(beyond, np.diff(indptr))
    outcome, rounds = None, 0
    while True:
        problem = indexed(indptr, mentor, value, tie, capacity, core(compiled))
        outcome = optimise(
            problem, start=outcome, aside=beyond if aside else None, compiled=compiled, pause=watch.during("assign")
        )
        found = _uncovered(scorer, lists, outcome, capacity, beyond, watch)
        if not len(found.mentee):
            return Edges(indptr, mentor, value, tie), outcome, rounds
        rounds += 1
        order = np.argsort(found.mentee, kind="stable")
        rows, columns = found.mentee[order], found.mentor[order]
        at = indptr[rows + 1]
        mentor = np.insert(mentor, at, columns.astype(np.int32))
        value = np.insert(value, at, found.value[order] + beyond[rows])
        tie = np.insert(tie, at, keys.of(rows, columns))
        indptr = indptr + np.append(0, np.cumsum(np.bincount(rows, minlength=len(indptr) - 1)))


def _uncovered(scorer: Scorer, lists: Lists, outcome: Outcome, capacity: I64, beyond: I64, watch: Watch) -> Uncovered:
    u, p, v, q = outcome.mentee_price - beyond, outcome.mentee_tie_price, outcome.mentor_price, outcome.mentor_tie_price
    mentees = np.flatnonzero(_below(u, p, lists.mentee_cut))
    # Without what lies beyond the margin a mentee's price can be below zero (or zero with a tie below zero).
    lowest = int(u[mentees].min(initial=1)) if beyond.any() else 1
    active = _below(v + min(lowest - 1, 0), q, lists.mentor_cut) & (capacity > 0)
    if not len(mentees) or not active.any():
        return Uncovered(*(np.zeros(0, np.int64) for _ in range(3)))
    return scorer.price(Prices(u, p, v, q), mentees, active, watch.during("price"))


def _below(first: I64, second: I64, cut: I64) -> npt.NDArray[np.bool_]:
    """Whether a pair at the cut could be worth more than this price (with the other price at zero)."""
    left_out = cut[:, 0] > 0
    below: npt.NDArray[np.bool_] = left_out & ((first < cut[:, 0]) | ((first == cut[:, 0]) & (second < cut[:, 1])))
    return below


def _others(best: I64, mentor_of: I64, wanted: int) -> I64:
    """Leave the matched mentor out of each mentee's best, keeping the order."""
    if best.shape[1] < wanted + 1:
        best = np.pad(best, ((0, 0), (0, wanted + 1 - best.shape[1])), constant_values=-1)
    matched = (best == mentor_of[:, None]) | (best < 0)
    order = np.argsort(matched, axis=1, kind="stable")[:, :wanted]
    ranked = np.take_along_axis(np.where(matched, -1, best), order, axis=1)
    return np.ascontiguousarray(ranked)
