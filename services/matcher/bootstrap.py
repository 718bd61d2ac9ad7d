"""Where the matcher is put together: the only module that sees every room."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from services.chassis.app import build_app
from services.chassis.broker import Broker, BrokerUnavailable
from services.chassis.brokers import open_broker
from services.chassis.cli import Role
from services.chassis.database import open_engine
from services.chassis.errors import StartRefused
from services.chassis.health import Check, Health
from services.chassis.jobs import Worker
from services.chassis.links import LinkSigner
from services.chassis.logs import configure
from services.chassis.ops_endpoint import ops_endpoint
from services.chassis.relay import Relay
from services.chassis.scheduler import Scheduler
from services.chassis.serve import serve
from services.chassis.settings import SettingsError, load
from services.chassis.stop import Stop
from services.chassis.subscriber import Subscriber
from services.chassis.unit_of_work import UnitOfWork
from services.chassis.words import Words
from services.events import topics
from services.matcher import api, pages
from services.matcher.adapters.schema import migrate
from services.matcher.adapters.store import MatcherStore
from services.matcher.consumer import GROUP, handlers
from services.matcher.schedule import jobs, ticks
from services.matcher.settings import Settings
from services.matcher.use_cases.ask_for_people import ask_for_people

NAME = "matcher"
WORDS = Path(__file__).parent / "words"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The service, put together: what its processes run."""

    settings: Settings
    engine: sa.Engine
    uow: UnitOfWork[MatcherStore]
    broker: Broker


def settings() -> Settings:
    """Return the settings of this process; raise StartRefused naming every fault."""
    try:
        return load(Settings)
    except SettingsError as faults:
        raise StartRefused(str(faults)) from None


def build(chosen: Settings) -> Parts:
    """Put the service together; connects to nothing yet."""
    engine = open_engine(chosen.database_url)
    uow = UnitOfWork(engine, MatcherStore, source=f"/{NAME}")
    return Parts(settings=chosen, engine=engine, uow=uow, broker=open_broker(chosen.broker_url, client_id=NAME))


def create_app(parts: Parts) -> Flask:
    """Return the WSGI app."""
    words = Words(WORDS)
    door = api.Door(parts.uow, parts.settings.terms, words)
    app = build_app(
        name=NAME,
        title="Cairn matcher",
        settings=parts.settings,
        health=health(parts),
        blueprints=api.routes(door),
        pages=pages.routes(parts.uow, parts.settings.terms, words, LinkSigner(parts.settings.link_secret)),
        uow=parts.uow,
    )
    words.install(app.jinja_env)
    return app


def openapi_document() -> str:
    """Return the description of the API as JSON; needs neither settings nor any server."""
    parts = build(Settings(database_url="sqlite:////nowhere/matcher.db", broker_url="embedded:////nowhere/broker.db"))
    with create_app(parts).test_client() as client:
        return json.dumps(client.get(f"/{NAME}/openapi.json").get_json())


def health(parts: Parts) -> Health:
    """Return what readiness looks at: without the database nothing works, without the broker events wait."""

    def database() -> bool:
        with parts.engine.connect() as connection:
            return connection.execute(sa.text("SELECT 1")).scalar_one() == 1

    return Health([Check("database", database, needed=True), Check("broker", parts.broker.ping, needed=False)])


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
def _background() -> Iterator[Parts]:
    """Give a background process its parts, and its probes on OPS_PORT."""
    parts = build(settings())
    with ops_endpoint(parts.settings.ops_port, health(parts)):
        try:
            yield parts
        finally:
            parts.engine.dispose()


def _api(stop: Stop) -> None:
    """Answer people and programs over HTTP."""
    del stop  # the web server hears the signals itself
    chosen = settings()
    serve(lambda: create_app(build(chosen)), host=chosen.host, port=chosen.port, threads=chosen.threads)


def _worker(stop: Stop) -> None:
    """Run the matching rounds that are due."""
    with _background() as parts:
        Worker(parts.engine, jobs(parts.uow, parts.settings.terms)).run(stop)


def _consumer(stop: Stop) -> None:
    """Hear what profiles tells of people; a new database first asks for everybody."""
    with _background() as parts:
        ask_for_people(parts.uow, parts.settings.programme)
        _make_topics(parts, stop)
        Subscriber(parts.broker, GROUP, handlers(parts.uow, parts.settings.terms), parts.uow).run(stop)


def _relay(stop: Stop) -> None:
    """Carry what is told to the broker."""
    with _background() as parts:
        _make_topics(parts, stop)
        Relay(parts.engine, parts.broker).run(stop)


def _scheduler(stop: Stop) -> None:
    """Let time pass: lapses, reminders, the end of pauses."""
    with _background() as parts:
        Scheduler(parts.engine, ticks(parts.uow, parts.settings.terms)).run(stop)


def _migrate(stop: Stop) -> None:
    """Bring the database to the newest schema."""
    del stop
    migrate(settings().database_url)


def _make_topics(parts: Parts, stop: Stop) -> None:
    """Make sure of every topic, waiting for a broker that is away."""
    replicas = parts.settings.topic_replicas
    wanted = topics.specs(replication=replicas, min_insync=min(2, replicas))
    while not stop.is_set():
        try:
            return parts.broker.ensure_topics(wanted)
        except BrokerUnavailable:
            stop.wait(1.0)
    return None
