"""What a round tells anew of those it left waiting; the reason of the round that really decided is kept.

The mentors who suit somebody give their free places to others: that is a shortage, and the round that decided it can
name who competed. Every round after it finds those places taken. It decides nothing about this person, and what it
finds ("none of them has a free place") is what the earlier round brought about: so the earlier reason stays, until a
round has places of suitable mentors to give again, or finds that no mentor suits any more.
"""

from collections.abc import Iterable, Mapping

from services.matcher.domain.explain.why_unmatched import CAPACITY, PLACES, SHORTAGE, awaited
from services.matcher.domain.round.snapshot_and_result import Unmatched

Reason = tuple[str | None, tuple[str, ...]]
"""A cause, None before any round has looked, and the rules that bind."""


def renewed(before: Mapping[str, Reason], found: Iterable[Unmatched]) -> tuple[Unmatched, ...]:
    """Those of whom a round has something new to say; ``before`` has the reasons of people as of the last round.

    A shortage is news each time: another round, and others who went first.
    """
    news = []
    for one in found:
        cause, rules = before.get(one.mentee_id, (None, ()))
        same = (cause, rules) == (one.cause, one.rules) and cause != SHORTAGE
        if not same and decides(cause, one.cause, one.rules):
            news.append(one)
    return tuple(news)


def decides(before: str | None, cause: str, rules: Iterable[str]) -> bool:
    """Whether finding a cause says anything new of somebody who waits for the cause ``before``."""
    return before != SHORTAGE or cause != CAPACITY or awaited(rules) != PLACES
