"""A small service for the chassis' tests, instead of our domain: a shop that sends parcels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal, NewType

import sqlalchemy as sa

from services.chassis.messages.event import Event
from services.chassis.messages.moments import Moment
from services.chassis.storage.columns import UtcMoment
from services.chassis.storage.tables import chassis_tables
from services.chassis.storage.unit_of_work import StoreBase, UnitOfWork

TOPIC = "shop.parcels.v1"
ParcelId = NewType("ParcelId", str)

METADATA = sa.MetaData()
CHASSIS = chassis_tables(METADATA)
PARCELS = sa.Table(
    "parcels",
    METADATA,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("taken", sa.Integer, nullable=False, default=0),
    sa.Column("room", sa.Integer, nullable=False, default=0),
    sa.Column("at", UtcMoment),
    sa.CheckConstraint("taken <= room", name="never_too_many"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A thing in a parcel."""

    name: str
    pieces: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelSent(Event, type="shop.parcels.parcel_sent.v1", topic=TOPIC, key="parcel_id", producers=("shop", "other")):
    """A parcel was sent."""

    parcel_id: ParcelId
    sequence: int = 0
    programme_id: str | None = None
    sent_at: Moment = datetime(2030, 1, 1, tzinfo=UTC)
    day: date | None = None
    size: Literal["small", "large"] = "small"
    weight_kg: float = 0.5
    fragile: bool = False
    items: tuple[Item, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLost(Event, type="shop.parcels.parcel_lost.v1", topic=TOPIC, key="parcel_id", producers=("shop", "other")):
    """A parcel did not arrive."""

    parcel_id: ParcelId


class Shop(StoreBase):
    """The shop's own queries."""

    def add(self, parcel: str, *, room: int = 0) -> None:
        self.connection.execute(PARCELS.insert().values(id=parcel, taken=0, room=room, at=self.now))

    def parcels(self) -> list[str]:
        return list(self.connection.scalars(sa.select(PARCELS.c.id).order_by(PARCELS.c.id)))


def open_shop(engine: sa.Engine) -> UnitOfWork[Shop]:
    """Create the tables and return their unit of work."""
    METADATA.create_all(engine)
    return UnitOfWork(engine, Shop, source="/shop")


def count(engine: sa.Engine, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
    """Return the number of committed rows."""
    with engine.connect() as connection:
        query = sa.select(sa.func.count()).select_from(table).where(*conditions)
        return connection.execute(query).scalar_one()
