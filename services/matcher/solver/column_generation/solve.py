"""Solve a pool: candidate lists, column generation (``restricted_problem``), proof over all eligible pairs."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ..arrays import I64, as_rows
from ..assignment import LARGEST_TOTAL, Assignment, TieBreak, certify, checked_capacity, checked_prices, priced
from ..eligibility import BitRules, mentee_classes
from ..errors import BadArraysError, ValueTooLargeError
from ..native import core
from ..scoring import ScoreModel, largest_fit, refuse_too_large
from .backend import scorer_for
from .bonus_band import bonus_offsets
from .limits import Limits
from .list_lengths import ListLengths, bonuses_matter, lengths_for, refuse_too_much_memory
from .price_guesses import earlier_prices
from .restricted_problem import Columns
from .solution import Solution, Stats
from .watch import Watch


def solve(  # noqa: PLR0913 - the problem and, by name, how far to go
    rules: BitRules,
    scores: ScoreModel,
    capacity: npt.ArrayLike,  # (N,) places per mentor, >= 0
    *,
    tie_break: TieBreak | None = None,
    limits: Limits | None = None,
    watch: Watch | None = None,  # shared with a longer run that this is part of
    alternates: int = 3,
    compiled: bool | None = None,  # None: if it is built; True: required; False: the Python twin
    lengths: ListLengths | None = None,
    start: Assignment | None = None,  # an earlier assignment of the same rows, as a warm start
) -> Solution:
    """Return the assignment of highest total score with its proof; the pairs do not depend on the order of rows.

    Without ``tie_break``, row numbers decide between equal values. Raises ``BadArraysError``, ``ValueTooLargeError``,
    ``TimeLimitReachedError``, ``MemoryLimitReachedError`` or ``RunCancelledError``.
    """
    known_rules, known_scores, places = _checked(rules, scores, capacity)
    mentees, mentors = known_rules.mentees, known_rules.mentors
    start = None if start is None else _checked_start(start, mentees, mentors)
    keys = (tie_break or TieBreak.by_row(mentees, mentors)).checked(mentees, mentors)
    bounds = limits or Limits()
    watch = watch or Watch()
    bonus_offset = bonus_offsets(known_scores, places)
    banded = replace(known_scores, mentee_bonus=known_scores.mentee_bonus - bonus_offset)
    guess = None if start is None else earlier_prices(start, known_scores, banded, places)
    ranked = bonuses_matter(known_scores)
    lengths = lengths or lengths_for(mentees, places, alternates, ranked=ranked, warm=guess is not None)
    if not mentees or not places.any():
        lengths = replace(lengths, by_price=0)  # no place has a price
    refuse_too_much_memory(bounds, lengths, known_scores)
    classes = mentee_classes(known_rules)
    scorer = scorer_for(banded, classes, places, keys, compiled, bounds.threads)
    columns = Columns(scorer, banded, places, bonus_offset, keys, lengths, watch, compiled)
    lists, best = columns.first_lists(guess, alternates + 1 if alternates else 0)
    edges, outcome, rounds = columns.until_covered(lists, None if guess is None else start)
    assignment = priced(edges, places, outcome)
    if alternates and best.shape[1] <= alternates:
        placed = np.flatnonzero(assignment.mentor_of >= 0)
        best = scorer.collect(0, alternates + 1, alternates + 1, watch.during("score"), among=placed).best
    return Solution(
        assignment=assignment,
        certificate=certify(edges, places, assignment, trusted=True, compiled=compiled),
        alternates=_others(best, assignment.mentor_of, alternates),
        eligible_count=lists.eligible,
        core=edges,
        stats=Stats(int(lists.eligible.sum()), len(edges.mentor), classes.count, rounds, core(compiled) is not None),
    )


def _checked(rules: BitRules, scores: ScoreModel, capacity: npt.ArrayLike) -> tuple[BitRules, ScoreModel, I64]:
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


def _checked_start(start: Assignment, mentees: int, mentors: int) -> Assignment:
    """Return what a warm start reads, the pairs and the mentors' prices, as int64 arrays."""
    if (np.shape(start.mentor_of), np.shape(start.mentor_price)) != ((mentees,), (mentors,)):
        raise BadArraysError("the earlier answer is over other rows")
    return replace(
        start,
        mentor_of=as_rows("mentor_of", start.mentor_of, (mentees,), mentors, none=True),
        mentor_price=checked_prices("mentor_price", start.mentor_price, mentors),
    )


def _others(best: I64, mentor_of: I64, wanted: int) -> I64:
    """Return each matched mentee's best mentors without the matched one, in order."""
    if best.shape[1] < wanted + 1:
        best = np.pad(best, ((0, 0), (0, wanted + 1 - best.shape[1])), constant_values=-1)
    matched = (best == mentor_of[:, None]) | (best < 0)
    order = np.argsort(matched, axis=1, kind="stable")[:, :wanted]
    ranked = np.take_along_axis(np.where(matched, -1, best), order, axis=1)
    return np.ascontiguousarray(np.where(mentor_of[:, None] < 0, -1, ranked))
