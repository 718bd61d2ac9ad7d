"""There is one leader; another follows when it releases, dies or is suspended; a suspended leader can't write."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.core.errors import LeadershipLost
from services.chassis.leadership.lease_row import LeaseRow
from services.chassis.storage.database import database_now
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.running import until
from tests.chassis.shop import CHASSIS, PARCELS, Shop, count
from tests.support.patience import PATIENCE

LEASES = CHASSIS.leases


@pytest.fixture
def leads(uow: UnitOfWork[Shop], engine: sa.Engine) -> Iterator[tuple[LeaseRow, LeaseRow]]:
    minute, beat = timedelta(minutes=1), timedelta(seconds=0.2)  # so long that a busy machine renews in time
    pair = LeaseRow(engine, "relay", minute, beat=beat), LeaseRow(engine, "relay", minute, beat=beat)
    yield pair
    for lead in pair:
        lead.release()


def set_lease(engine: sa.Engine, *, holder: str, lasting: timedelta) -> None:
    with engine.begin() as connection:
        end = database_now(connection) + lasting
        connection.execute(LEASES.delete())
        connection.execute(LEASES.insert().values(name="relay", holder=holder, epoch=7, expires_at=end))


def epoch(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        number: int = connection.execute(sa.select(LEASES.c.epoch)).scalar_one()
        return number


def end(engine: sa.Engine) -> datetime:
    with engine.connect() as connection:
        moment: datetime = connection.execute(sa.select(LEASES.c.expires_at)).scalar_one()
        return moment


def test_a_heartbeat_keeps_the_lead(leads: tuple[LeaseRow, LeaseRow], engine: sa.Engine) -> None:
    first, second = leads
    assert first.hold()
    first_end = end(engine)
    until(lambda: end(engine) > first_end)
    assert first.hold()
    assert not second.hold()
    assert epoch(engine) == 1


def test_a_dead_process_of_this_machine_is_replaced_at_once(
    leads: tuple[LeaseRow, LeaseRow], engine: sa.Engine
) -> None:
    dead_process = subprocess.Popen([sys.executable, "-c", ""])
    dead_process.wait()
    set_lease(engine, holder=f"{socket.gethostname()}:{dead_process.pid}:x", lasting=timedelta(hours=1))
    assert leads[0].hold()
    assert epoch(engine) == 8


@pytest.mark.parametrize(
    "holder", [f"{socket.gethostname()}:{os.getpid()}:x", "elsewhere:1:x"], ids=["here", "elsewhere"]
)
def test_a_lease_of_a_possibly_live_holder_must_expire_first(
    leads: tuple[LeaseRow, LeaseRow], engine: sa.Engine, holder: str
) -> None:
    set_lease(engine, holder=holder, lasting=timedelta(hours=1))
    assert not leads[0].hold()
    set_lease(engine, holder=holder, lasting=timedelta(seconds=-1))
    until(leads[0].hold)


def test_a_leader_that_was_suspended_cannot_write(leads: tuple[LeaseRow, LeaseRow], engine: sa.Engine) -> None:
    first, _ = leads
    assert first.hold()
    set_lease(engine, holder="elsewhere:1:x", lasting=timedelta(hours=1))
    with pytest.raises(LeadershipLost), first.fenced() as connection:
        connection.execute(PARCELS.insert().values(id="p1", taken=0, room=0))
    assert count(engine, PARCELS) == 0
    until(lambda: not first.hold())  # and its heartbeat notices


KILLED_LEADING = """
import os, signal, sys
from services.chassis.storage.database import open_engine
from services.chassis.leadership.leadership import leadership
assert leadership(open_engine(sys.argv[1]), "relay").hold()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
def test_a_killed_leader_is_replaced(leads: tuple[LeaseRow, LeaseRow], engine: sa.Engine, tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED_LEADING, f"sqlite:///{tmp_path}/shop.db"]
    killed = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert leads[0].hold()
