"""Facts that were just read: not read twice, and let go when nobody asks for them any more."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from services.events.facts import MenteeFacts
from services.matcher.adapters.facts_cache import FactsRead
from services.matcher.adapters.rows import text_of
from tests.matcher.scenario import spoken

STORED = text_of(
    MenteeFacts(
        waiting_since=datetime(2030, 1, 1, tzinfo=UTC), languages=spoken("en"), relation="self", diabetes_type="t1d"
    )
)


def test_the_same_text_is_read_once() -> None:
    facts = FactsRead()
    assert facts.mentee(STORED) is facts.mentee(STORED)


def test_what_nobody_asks_for_any_more_is_let_go() -> None:
    facts = FactsRead(fresh=timedelta(milliseconds=2))
    facts.mentee(STORED)
    while timers := [one for one in threading.enumerate() if isinstance(one, threading.Timer) and one.interval < 1]:
        timers[0].join(30)
    assert (facts._cache._young, facts._cache._old) == ({}, {})
