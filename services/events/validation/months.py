"""Validate months: ``YYYY-MM``, never in the future, the first not after the last."""

import re
from collections.abc import Iterator
from datetime import date

from services.chassis.i18n.sentence import Sentence
from services.events.validation.fault import Fault

_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")


def month_faults(field: str, month: str | None, today: date) -> Iterator[Fault]:
    """Yield a fault for a month that is malformed or in the future; nothing for None."""
    if month is None:
        return
    if not _MONTH.fullmatch(month):
        yield Fault(field, "Give a year and a month such as 2026-05, from 1900 on.")
    elif month > today.isoformat()[:7]:
        yield Fault(field, "This month is still to come; give one that has begun.")


def span_faults(field: str, since: str | None, until: str | None, today: date) -> Iterator[Fault]:
    """Yield the faults of a span of months; either end may be open."""
    faults = [*month_faults(f"{field}.since", since, today), *month_faults(f"{field}.until", until, today)]
    yield from faults
    if not faults and since and until and until < since:
        yield Fault(
            f"{field}.until",
            Sentence("This ends before it begins (%(since)s); change one of the two months.", since=since),
        )
