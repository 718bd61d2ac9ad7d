"""Which new causes of a round replace the stored causes of people who wait; the round that decided keeps its cause.

When a round gives all free places of a mentee's suitable mentors to others, the cause is a shortage, and that round can
name who competed. Later rounds find those places taken. They decide nothing about this mentee, and their cause ("none
of them has a free place") is only a consequence of the earlier round: so the earlier cause stays until a round has
places of suitable mentors to give again, or no mentor is suitable any more.
"""

from collections.abc import Iterable, Mapping

from services.matcher.domain.explain.why_unmatched import CAPACITY, PLACES, SHORTAGE, awaited
from services.matcher.domain.round.snapshot_and_result import Unmatched

Reason = tuple[str | None, tuple[str, ...]]
"""A cause (None before the first round) and the rules that bind."""


def renewed(before: Mapping[str, Reason], unmatched_now: Iterable[Unmatched]) -> tuple[Unmatched, ...]:
    """Return the unmatched people whose cause is new; ``before`` has the reasons of people as of the last round.

    A shortage is new each time: it belongs to another round, and other people went first.
    """
    news = []
    for unmatched in unmatched_now:
        cause, rules = before.get(unmatched.mentee_id, (None, ()))
        same = (cause, rules) == (unmatched.cause, unmatched.rules) and cause != SHORTAGE
        if not same and decides(cause, unmatched.cause, unmatched.rules):
            news.append(unmatched)
    return tuple(news)


def decides(before: str | None, cause: str, rules: Iterable[str]) -> bool:
    """Return whether a cause replaces the cause ``before`` of the same person."""
    return before != SHORTAGE or cause != CAPACITY or awaited(rules) != PLACES
