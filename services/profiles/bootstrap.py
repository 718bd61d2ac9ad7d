"""Where profiles is put together: the only module that sees every room."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from services.chassis.app import build_app
from services.chassis.broker import Broker
from services.chassis.brokers import open_broker
from services.chassis.cli import Role
from services.chassis.clock import Clock
from services.chassis.crypto import BlindIndex, FieldCipher, read_keys
from services.chassis.database import database_now, open_engine
from services.chassis.errors import StartRefused
from services.chassis.health import Check, Health
from services.chassis.jobs import Worker
from services.chassis.links import LinkSigner
from services.chassis.logs import configure
from services.chassis.migrations import migrate
from services.chassis.ops_endpoint import ops_endpoint
from services.chassis.relay import Relay
from services.chassis.scheduler import Scheduler
from services.chassis.serve import serve
from services.chassis.settings import SettingsError, load
from services.chassis.stop import Stop
from services.chassis.subscriber import Subscriber
from services.chassis.tokens import TokenIssuer
from services.chassis.unit_of_work import UnitOfWork
from services.chassis.words import Words
from services.profiles import api, pages
from services.profiles.adapters.rows import Vault
from services.profiles.adapters.store import Store
from services.profiles.consumer import handlers
from services.profiles.ports import Rules, World
from services.profiles.schedule import jobs, ticks
from services.profiles.settings import Settings, index_key

NAME = "profiles"
MIGRATIONS = Path(__file__).parent / "adapters" / "migrations"
WORDS = Path(__file__).parent / "words"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The service, put together: what its processes run."""

    settings: Settings
    engine: sa.Engine
    uow: UnitOfWork[Store]
    world: World
    words: Words


def settings() -> Settings:
    """Return the settings of this process; raise StartRefused naming every fault."""
    try:
        return load(Settings)
    except SettingsError as faults:
        raise StartRefused(str(faults)) from None


def build(
    chosen: Settings, *, clock: Clock | None = None, read_now: Callable[[sa.Connection], datetime] = database_now
) -> Parts:
    """Put the service together; connects to nothing yet. `clock` and `read_now` are for tests that hold time still."""
    engine = open_engine(chosen.database_url)
    cipher = FieldCipher(read_keys(chosen.contact_keys))
    vault = Vault(cipher, BlindIndex(index_key(chosen.index_key)))
    uow = UnitOfWork(engine, partial(Store, vault=vault), source=f"/{NAME}", read_now=read_now)
    world = World(
        begin=uow.begin,
        new_id=lambda: str(uuid.uuid4()),
        seal=cipher,
        tokens=TokenIssuer(chosen.token_private_key, clock=clock),
        links=LinkSigner(chosen.link_secret, clock=clock),
        rules=Rules(
            programme=chosen.programme,
            youth_track=chosen.youth_track,
            token_life=timedelta(hours=chosen.token_hours),
            link_life=timedelta(minutes=chosen.link_minutes),
        ),
    )
    return Parts(settings=chosen, engine=engine, uow=uow, world=world, words=Words(WORDS))


def web_app(parts: Parts, broker: Broker) -> Flask:
    """Return the WSGI app."""
    app = build_app(
        name=NAME,
        title="Cairn profiles",
        settings=parts.settings,
        health=health(parts.engine, broker),
        blueprints=api.routes(api.Desk(world=parts.world, words=parts.words)),
        pages=[pages.routes(parts.world, parts.words, development=not parts.settings.production)],
        uow=parts.uow,
    )
    parts.words.install(app.jinja_env)
    return app


def health(engine: sa.Engine, broker: Broker) -> Health:
    """Return what readiness looks at: without the database nothing works, without the broker events wait."""

    def database() -> bool:
        with engine.connect() as connection:
            return bool(connection.execute(sa.text("SELECT 1")).scalar_one())

    return Health([Check("database", database, needed=True), Check("broker", broker.ping, needed=False)])


def roles() -> Mapping[str, Role]:
    """Return the processes of this service by name."""
    return {
        "api": _api,
        "worker": _worker,
        "consumer": _consumer,
        "relay": _relay,
        "scheduler": _scheduler,
        "migrate": _migrate,
    }


def configure_logs(service: str, role: str) -> None:
    """Send logs as JSON lines, at the level that the settings name."""
    configure(settings().log_level, service, role)


@contextmanager
def _background() -> Iterator[tuple[Parts, Broker]]:
    """Give a background process its parts, and its probes on OPS_PORT."""
    parts = build(settings())
    broker = open_broker(parts.settings.broker_url, client_id=NAME)
    with ops_endpoint(parts.settings.ops_port, health(parts.engine, broker)):
        try:
            yield parts, broker
        finally:
            parts.engine.dispose()


def _api(stop: Stop) -> None:
    """Answer people and programs over HTTP."""
    del stop  # the web server hears the signals itself
    chosen = settings()

    def app() -> Flask:
        parts = build(chosen)
        return web_app(parts, open_broker(chosen.broker_url, client_id=NAME))

    serve(app, host=chosen.host, port=chosen.port, threads=chosen.threads)


def _worker(stop: Stop) -> None:
    """Do the jobs that are due: end breaks, tell everybody again."""
    with _background() as (parts, _):
        Worker(parts.engine, jobs(parts.world)).run(stop)


def _consumer(stop: Stop) -> None:
    """Hear what the other services tell."""
    with _background() as (parts, broker):
        Subscriber(broker, NAME, handlers(parts.world), parts.uow).run(stop)


def _relay(stop: Stop) -> None:
    """Carry what is told to the broker."""
    with _background() as (parts, broker):
        Relay(parts.engine, broker).run(stop)


def _scheduler(stop: Stop) -> None:
    """Do what happens every so often."""
    with _background() as (parts, _):
        Scheduler(parts.engine, ticks(parts.world)).run(stop)


def _migrate(stop: Stop) -> None:
    """Bring the database to the newest schema."""
    del stop
    migrate(settings().database_url, MIGRATIONS)
