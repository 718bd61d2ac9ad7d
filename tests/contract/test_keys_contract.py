"""The ``ops keys`` commands seal texts again with a new key, on both databases."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from services.chassis.delivery.record_handler import Reception
from services.chassis.identity.encryption import FieldCipher, SealBroken
from services.chassis.service.ops.command import run_ops
from services.chassis.service.ops.keys import keys_group
from services.chassis.service.ops.operator import Operator
from services.chassis.storage.sealed_columns import SealedColumns
from tests.chassis.shop import open_shop
from tests.support.fakes import FakeBroker

OLD, NEW = {"k1": b"1" * 32}, {"k2": b"2" * 32}
LETTERS = sa.Table(
    "sealed_letters",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("head", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
)
SEALED = SealedColumns(LETTERS, "id", ("head", "body"), lambda column, row: f"letters:{column}:{row}")
ROWS = 250


@dataclass(frozen=True)
class Parts:
    """The part of a service that these commands use: its settings, here the cipher itself."""

    settings: FieldCipher


class KeysHarness:
    """250 sealed letters under the key k1, each third without a head; ``ops`` runs with the given keys."""

    def __init__(self, engine: sa.Engine, capsys: pytest.CaptureFixture[str]) -> None:
        self.engine = engine
        self.uow = open_shop(engine)
        self._capsys = capsys
        cipher = FieldCipher(OLD)
        LETTERS.create(engine)
        rows = [{"id": n, **_letter(cipher, n)} for n in range(ROWS)]
        with engine.begin() as connection:
            connection.execute(LETTERS.insert(), rows)

    def ops(self, keys: dict[str, bytes], *words: str) -> str:
        parts = Parts(FieldCipher(keys))

        def open_operator() -> Operator:
            return Operator(
                group="shop", parts=parts, uow=self.uow, broker=FakeBroker(partitions=1), open_reception=_no_reception
            )

        group = keys_group([SEALED], lambda settings: settings)
        assert run_ops("shop", open_operator, ["keys", *words], [group]) == 0
        return self._capsys.readouterr().out

    def letters(self, keys: dict[str, bytes]) -> list[tuple[str | None, str]]:
        cipher = FieldCipher(keys)
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(LETTERS).order_by(LETTERS.c.id)).all()
        return [
            (
                row.head and cipher.open(row.head, f"letters:head:{row.id}"),
                cipher.open(row.body, f"letters:body:{row.id}"),
            )
            for row in rows
        ]


def _letter(cipher: FieldCipher, number: int) -> dict[str, str | None]:
    head = None if number % 3 == 0 else cipher.seal(f"head {number}", f"letters:head:{number}")
    return {"head": head, "body": cipher.seal(f"body {number}", f"letters:body:{number}")}


def _no_reception() -> Reception:
    raise AssertionError("these commands handle no events")


@pytest.fixture
def harness(engine: sa.Engine, capsys: pytest.CaptureFixture[str]) -> KeysHarness:
    return KeysHarness(engine, capsys)


def test_all_texts_are_sealed_again_and_the_old_key_can_go(harness: KeysHarness) -> None:
    before = harness.letters(OLD)
    assert harness.ops(OLD, "status").splitlines()[1:] == ["k1   416    seals new texts"]
    assert harness.ops(NEW | OLD, "reseal", "--reason", "yearly") == "250 rows sealed again with k2.\n"
    assert harness.letters(NEW) == before
    assert harness.ops(NEW, "status").splitlines()[1:] == ["k2   416    seals new texts"]
    assert harness.ops(NEW, "reseal") == "0 rows sealed again with k2.\n"


def test_a_text_that_does_not_open_stops_the_command_and_keeps_finished_batches(harness: KeysHarness) -> None:
    with harness.engine.begin() as connection:
        connection.execute(LETTERS.update().where(LETTERS.c.id == 150).values(body="k1.AAAA"))
    with pytest.raises(SealBroken):
        harness.ops(NEW | OLD, "reseal")
    counts = dict(line.split()[:2] for line in harness.ops(NEW | OLD, "status").splitlines()[1:])
    assert counts == {"k1": "250", "k2": "166"}
