"""A service as values, and the six roles that run it, the same for every service.

Each process imports only what its role needs, so that a machine with many small processes starts quickly.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import sqlalchemy as sa

from services.chassis.broker.open_broker import open_broker
from services.chassis.broker.protocol import Broker, BrokerUnavailable, TopicSpec
from services.chassis.core.clock import Clock, SystemClock
from services.chassis.core.errors import StartRefused
from services.chassis.delivery.signatures import EventSigner
from services.chassis.messages.event import Event
from services.chassis.service.cli import Command, Role, run_service
from services.chassis.service.dependency_checks import dependency_checks
from services.chassis.service.health import Check, Health
from services.chassis.service.service_settings import RelaySettings, ServiceSettings
from services.chassis.service.settings import load
from services.chassis.service.stop import Stop, run_in_threads
from services.chassis.storage.database import database_now, open_engine
from services.chassis.storage.postgres import BACKGROUND, WEB, Timeouts
from services.chassis.storage.unit_of_work import Transaction, UnitOfWork

if TYPE_CHECKING:
    from flask import Flask

    from services.chassis.background.scheduler import Tick
    from services.chassis.background.worker import Handler as JobHandler
    from services.chassis.background.worker import Worker
    from services.chassis.delivery.record_handler import Handler, Prefetch
    from services.chassis.service.ops.group import OpsGroup
    from services.chassis.service.ops.operator import Operator

Store = TypeVar("Store")
Settings = TypeVar("Settings", bound=ServiceSettings)


@dataclass(frozen=True, kw_only=True)
class Parts(Generic[Settings, Store]):
    """What every process of a service needs; nothing connects before it is used."""

    settings: Settings
    engine: sa.Engine
    broker: Broker
    uow: UnitOfWork[Store]
    health: Health
    clock: Clock


def _nothing(_parts: Any) -> None:
    """Do nothing: the default of optional hooks."""


def _no_groups() -> Sequence[OpsGroup]:
    return ()


def _one_worker(_settings: Any) -> int:
    return 1


@dataclass(frozen=True, kw_only=True)
class Service(Generic[Settings, Store]):
    """The definition of a service.

    ``open_store`` creates its store from the settings; ``web_app``, ``handlers``, ``jobs`` and ``ticks`` are its
    doors, each created from the parts; ``topics`` are the topics it needs. ``prefetch`` creates an optional function
    that prefetches rows for events handled in one batch. ``before_consuming`` runs once before the consumer starts.
    ``workers`` is the number of jobs that one worker process runs at the same time. Kinds of jobs in ``aside`` take
    long: they run one by one in a thread of their own, so that no other job waits for them. ``ops`` are its own groups
    of operators' commands. ``append_only`` are its own tables whose rows no statement of its code changes or deletes.
    """

    name: str
    about: str
    settings: type[Settings]
    migrations: Path
    topics: Callable[[int, int], Sequence[TopicSpec]]
    open_store: Callable[[Settings], Callable[[Transaction], Store]]
    web_app: Callable[[Parts[Settings, Store]], Flask]
    handlers: Callable[[Parts[Settings, Store]], Mapping[type[Event], Handler]]
    jobs: Callable[[Parts[Settings, Store]], Mapping[str, JobHandler]]
    ticks: Callable[[Parts[Settings, Store]], Sequence[Tick]]
    prefetch: Callable[[Parts[Settings, Store]], Prefetch | None] = _nothing
    before_consuming: Callable[[Parts[Settings, Store]], None] = _nothing
    workers: Callable[[Settings], int] = _one_worker
    aside: frozenset[str] = frozenset()
    append_only: frozenset[str] = frozenset()
    ops: Callable[[], Sequence[OpsGroup]] = _no_groups

    def read_settings(self, role: str | None = None) -> Settings:
        """Return the settings of a process of this role; raise StartRefused with every fault."""
        return load(self.settings, role=role)

    def parts(
        self,
        settings: Settings,
        *,
        broker: Broker | None = None,
        clock: Clock | None = None,
        read_now: Callable[[sa.Connection], datetime] = database_now,
        timeouts: Timeouts = BACKGROUND,
    ) -> Parts[Settings, Store]:
        """Assemble the service. Tests may pass their own broker and a fixed time."""
        engine = open_engine(settings.database_url, timeouts=timeouts)
        broker = broker or open_broker(settings.broker_url, self.name, settings.kafka.client_settings())
        checks = dependency_checks(engine, broker, settings.redis_url)
        open_store = cache(partial(self.open_store, settings))  # when first used: not every role has its keys

        def open_in(tx: Transaction) -> Store:
            return open_store()(tx)

        uow = UnitOfWork(engine, open_in, source=f"/{self.name}", read_now=read_now)
        return Parts(
            settings=settings,
            engine=engine,
            broker=broker,
            uow=uow,
            health=Health(checks),
            clock=clock or SystemClock(),
        )

    def unconnected_parts(self) -> Parts[Settings, Store]:
        """Return parts with settings that name no server, for documents generated from routes and handlers."""
        unused = {
            "ENVIRONMENT": "development",
            "DATABASE_URL": "sqlite:////nowhere/service.db",
            "BROKER_URL": "embedded:////nowhere/broker.db",
            "MAIL_URL": "maildir:///nowhere",
        }
        return self.parts(load(self.settings, unused))

    def openapi_document(self) -> str:
        """Return the OpenAPI document as JSON; needs neither settings nor any server."""
        return self.web_app(self.unconnected_parts()).test_client().get(f"/{self.name}/openapi.json").text

    def main(self, arguments: Sequence[str] | None = None, *, commands: Mapping[str, Command] | None = None) -> int:
        """Run the role named on the command line, or ``ops``; return the exit code. The help lists ``commands``."""
        given = sys.argv[1:] if arguments is None else arguments
        if given[:1] == ["ops"]:
            return self.operate(given[1:])
        roles: Mapping[str, Role] = {
            "api": self._api,
            "worker": self._worker,
            "consumer": self._consumer,
            "relay": self._relay,
            "scheduler": self._scheduler,
            "migrate": self._migrate,
        }
        return run_service(
            self.name,
            self.about,
            roles,
            commands={**(commands or {}), "ops": self.operate},
            arguments=arguments,
            configure_logs=self._configure_logs,
        )

    def operate(self, arguments: Sequence[str]) -> int:
        """Look at what the service has put aside, and let it go on: ``ops --help``."""
        from services.chassis.service.ops.command import run_ops

        opened: list[Parts[Settings, Store]] = []
        try:
            return run_ops(self.name, partial(self._operator, opened), arguments, self.ops())
        except StartRefused as refused:
            sys.stderr.write(f"{self.name} ops: {refused}\n")
            return 2
        finally:
            for parts in opened:
                parts.engine.dispose()

    def _operator(self, opened: list[Parts[Settings, Store]]) -> Operator:
        """Return an operator of this service; append its parts to ``opened``, for the caller to close."""
        from services.chassis.delivery.record_handler import RecordHandler
        from services.chassis.service.ops.operator import Operator

        self._configure_logs(self.name, "ops")
        parts = self.parts(self.read_settings())
        opened.append(parts)

        def open_record_handler() -> RecordHandler:
            return RecordHandler(self.name, self.handlers(parts), parts.uow, parts.settings.verifier)

        return Operator(
            group=self.name,
            parts=parts,
            uow=parts.uow,
            broker=parts.broker,
            open_record_handler=open_record_handler,
        )

    def _configure_logs(self, service: str, role: str) -> None:
        from services.chassis.observability.logs import configure

        configure(self.read_settings(None if role == "ops" else role).log_level, service, role)

    def _api(self, stop: Stop) -> None:
        """Serve the API and the pages over HTTP, on HOST:PORT."""
        from services.chassis.service.serve import serve

        del stop  # the web server handles the signals itself
        settings = self.read_settings("api")
        serve(partial(self._open_web, settings), host=settings.host, port=settings.port, threads=settings.threads)

    def _open_web(self, settings: Settings) -> Flask:
        """Return the web app, in the worker of the web server, with its probes served until that process ends."""
        from services.chassis.service.ops_endpoint import start_ops_endpoint

        parts = self.parts(settings, timeouts=WEB)
        start_ops_endpoint(settings, parts.health)
        return self.web_app(parts)

    def _worker(self, stop: Stop) -> None:
        """Run the jobs that are due."""
        with self._background("worker") as parts:
            run_in_threads([partial(worker.run, stop) for worker in self.workers_of(parts)], stop)

    def workers_of(self, parts: Parts[Settings, Store]) -> list[Worker]:
        """Return the workers that one process runs in threads: ``workers`` general ones and one for ``aside``."""
        from services.chassis.background.worker import Worker

        jobs = self.jobs(parts)
        general = {kind: handler for kind, handler in jobs.items() if kind not in self.aside}
        slow = {kind: handler for kind, handler in jobs.items() if kind in self.aside}
        groups = [general] * self.workers(parts.settings) + [slow]
        return [Worker(parts.engine, handlers) for handlers in groups if handlers]

    def _consumer(self, stop: Stop) -> None:
        """Handle events of the other services."""
        from services.chassis.delivery.subscriber import Subscriber

        with self._background("consumer") as parts:
            self.before_consuming(parts)
            self._create_topics(parts, stop)
            handlers, prefetch = self.handlers(parts), self.prefetch(parts)
            verifier = parts.settings.verifier
            subscriber = Subscriber(parts.broker, self.name, handlers, parts.uow, verifier, prefetch=prefetch)
            parts.health.add(Check("partitions", subscriber.check, needed=False))
            subscriber.run(stop)

    def _relay(self, stop: Stop) -> None:
        """Publish events from the outbox to the broker."""
        from services.chassis.delivery.relay import Relay

        signer = EventSigner(load(RelaySettings).event_private_key)
        with self._background("relay") as parts:
            self._create_topics(parts, stop)
            Relay(parts.engine, parts.broker, signer).run(stop)

    def _scheduler(self, stop: Stop) -> None:
        """Run the ticks that are due."""
        from services.chassis.background.scheduler import Scheduler

        with self._background("scheduler") as parts:
            Scheduler(parts.engine, self.ticks(parts)).run(stop)

    def _migrate(self, stop: Stop) -> None:
        """Migrate the database to the newest schema; safe to repeat, also at the same time."""
        from services.chassis.storage.rights import migrate_as_owner

        del stop
        settings = self.read_settings("migrate")
        migrate_as_owner(settings.database_url, settings.migration_database_url, self.migrations, self.append_only)

    @contextmanager
    def _background(self, role: str) -> Iterator[Parts[Settings, Store]]:
        """Yield the parts of a background process, with its probes served on OPS_PORT."""
        from services.chassis.service.ops_endpoint import ops_endpoint

        parts = self.parts(self.read_settings(role))
        try:
            with ops_endpoint(parts.settings, parts.health):
                yield parts
        finally:
            parts.engine.dispose()

    def _create_topics(self, parts: Parts[Settings, Store], stop: Stop) -> None:
        """Ensure that every topic exists, waiting while the broker is unavailable."""
        replicas = parts.settings.topic_replicas
        specs = self.topics(replicas, min(2, replicas))
        while not stop.is_set():
            try:
                return parts.broker.ensure_topics(specs)
            except BrokerUnavailable:
                stop.wait(1.0)
        return None
