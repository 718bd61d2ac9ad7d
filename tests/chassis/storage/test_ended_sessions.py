"""A session that ended is refused until long after its tokens have expired."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.chassis.storage.ended_sessions import EndedSessions, forget_ended
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.shop import Shop


def test_a_session_is_refused_once_it_ended_also_when_told_twice(uow: UnitOfWork[Shop]) -> None:
    ended = EndedSessions(uow)
    assert not ended.has_ended("one")
    for _ in range(2):
        with uow.begin() as shop:
            shop.end_sessions("one", "two")
    assert [ended.has_ended(session) for session in ("one", "two", "three")] == [True, True, False]


def test_a_rolled_back_end_ends_nothing(uow: UnitOfWork[Shop]) -> None:
    def end_and_fail() -> None:
        with uow.begin() as shop:
            shop.end_sessions("one")
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        end_and_fail()
    assert not EndedSessions(uow).has_ended("one")


def test_old_rows_are_forgotten(uow: UnitOfWork[Shop]) -> None:
    with uow.begin() as shop:
        shop.end_sessions("one")
        now = shop.now
    with uow.engine.begin() as connection:
        forget_ended(connection, now + timedelta(hours=23))
    assert EndedSessions(uow).has_ended("one")
    with uow.engine.begin() as connection:
        forget_ended(connection, now + timedelta(hours=25))
    assert not EndedSessions(uow).has_ended("one")
