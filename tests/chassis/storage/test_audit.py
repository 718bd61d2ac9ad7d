"""Every change to the audit outside the application is detected."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.storage.audit import verify_audit
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.shop import CHASSIS, Shop, open_shop

AUDIT, HEAD = CHASSIS.audit, CHASSIS.audit_head
ROWS = 12


@pytest.fixture
def audited(uow: UnitOfWork[Shop], engine: sa.Engine) -> sa.Engine:
    with uow.begin() as shop:
        for number in range(ROWS):
            shop.audit("sent", f"p{number}", by="clerk-1", reason="asked" if number % 2 else None, detail={"n": number})
    return engine


def test_an_unchanged_chain_is_intact(audited: sa.Engine) -> None:
    with audited.connect() as connection:
        assert verify_audit(connection) == []


def test_an_empty_audit_is_intact(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    with uow.begin(read_only=True) as shop:
        assert verify_audit(shop.connection) == []


def tamper(connection: sa.Connection, chance: random.Random) -> str:
    """Make a random change to the table and return its name."""
    seq = chance.randint(1, ROWS)
    row = AUDIT.c.seq == seq
    original = connection.execute(sa.select(AUDIT).where(row)).one()
    changes: dict[str, Any] = {
        "at": original.at + timedelta(microseconds=chance.randint(1, 10**9)),
        "action": original.action + "x",
        "subject": f"p{seq + 100}",
        "by": "clerk-2",
        "reason": None if original.reason else "invented",
        "detail": chance.choice([None, '{"n":99}', original.detail + " "]),
        "hash": "".join(chance.sample(original.hash, len(original.hash))),
        "seq": ROWS + chance.randint(2, 9),
    }
    kind = chance.choice([*changes, "remove", "cut", "cut all", "add", "swap", "head", "no head"])
    if kind in changes:
        connection.execute(AUDIT.update().where(row).values({kind: changes[kind]}))
    elif kind == "remove":
        connection.execute(AUDIT.delete().where(row))
    elif kind == "cut":
        connection.execute(AUDIT.delete().where(AUDIT.c.seq >= seq))
    elif kind == "cut all":
        connection.execute(AUDIT.delete())
    elif kind == "add":
        connection.execute(AUDIT.insert().values({**original._mapping, "seq": ROWS + 1}))
    elif kind == "swap":
        other = connection.execute(sa.select(AUDIT).where(AUDIT.c.seq == seq % ROWS + 1)).one()
        connection.execute(AUDIT.update().where(row).values({**other._mapping, "seq": seq}))
        connection.execute(
            AUDIT.update().where(AUDIT.c.seq == other.seq).values({**original._mapping, "seq": other.seq})
        )
    elif kind == "head":
        connection.execute(HEAD.update().values(seq=HEAD.c.seq + chance.choice([-1, 1])))
    else:
        connection.execute(HEAD.delete())
    return f"{kind} at {seq}"


@pytest.mark.slow
def test_a_thousand_random_changes_are_all_detected(audited: sa.Engine) -> None:
    chance = random.Random(20300131)
    missed = []
    with audited.connect() as connection:
        for _ in range(1000):
            with connection.begin() as savepoint:
                what = tamper(connection, chance)
                if not verify_audit(connection):
                    missed.append(what)
                savepoint.rollback()
    assert missed == []


def test_a_chain_rewritten_without_the_key_is_detected(engine: sa.Engine) -> None:
    open_shop(engine)
    keyed = UnitOfWork(engine, Shop, source="/shop", audit_key=b"kept elsewhere")
    with keyed.begin() as shop:
        shop.audit("sent", "p1", by="clerk-1")
        assert verify_audit(shop.connection, key=b"kept elsewhere") == []
    with engine.connect() as connection:
        assert verify_audit(connection, key=b"kept elsewhere") == []
        assert len(verify_audit(connection)) == 1
