"""Puts notifications together: the only module that sees every room."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread

import sqlalchemy as sa
from flask import Flask

from services.chassis import logs
from services.chassis.app import build_app
from services.chassis.backoff import wait_after
from services.chassis.broker import Broker
from services.chassis.brokers import open_broker
from services.chassis.cli import Stop, run_service
from services.chassis.clock import SystemClock
from services.chassis.crypto import FieldCipher, read_keys
from services.chassis.database import open_engine
from services.chassis.health import Check, Health
from services.chassis.jobs import Job, Worker
from services.chassis.links import LinkSigner
from services.chassis.migrations import migrate as migrate_database
from services.chassis.ops_endpoint import ops_endpoint
from services.chassis.relay import Relay
from services.chassis.scheduler import Scheduler
from services.chassis.serve import serve
from services.chassis.settings import load
from services.chassis.subscriber import Subscriber
from services.chassis.unit_of_work import UnitOfWork
from services.notifications import consumer, schedule
from services.notifications.adapters.email_files import EmailFiles
from services.notifications.adapters.email_smtp import EmailSmtp, read_mail_server
from services.notifications.adapters.letters import open_writer
from services.notifications.adapters.links import Links
from services.notifications.adapters.mailbox import Mailbox
from services.notifications.adapters.store import Store
from services.notifications.api import blueprints
from services.notifications.pages import pages
from services.notifications.ports import Channel
from services.notifications.settings import Settings
from services.notifications.use_cases.ask_for_people import ask_for_people
from services.notifications.use_cases.deliver import Deliver
from services.notifications.use_cases.notify import DELIVER

NAME = "notifications"
MIGRATIONS = Path(__file__).parent / "adapters" / "migrations"


@dataclass(frozen=True)
class Parts:
    """What a running process stands on."""

    settings: Settings
    engine: sa.Engine
    broker: Broker
    uow: UnitOfWork[Store]
    health: Health

    @classmethod
    def of(cls, settings: Settings) -> "Parts":
        """Open everything; nothing connects before it is used."""
        engine = open_engine(settings.database_url)
        broker = open_broker(settings.broker_url, client_id=NAME)
        health = Health([Check("database", partial(_answers, engine), True), Check("broker", broker.ping, False)])
        return cls(settings, engine, broker, UnitOfWork(engine, Store, source=f"/{NAME}"), health)


def app(parts: Parts) -> Flask:
    """The HTTP side of the service."""
    settings = parts.settings
    links = LinkSigner(settings.link_secret)
    mailbox = Mailbox(settings.mailbox) if settings.mailbox else None
    return build_app(
        name=NAME,
        title="Cairn notifications",
        settings=settings,
        health=parts.health,
        blueprints=blueprints(parts.uow, links, mailbox),
        pages=pages(mailbox),
        uow=parts.uow,
    )


def deliver(parts: Parts) -> Deliver:
    """The use case that sends, with the channel that MAIL_URL names."""
    settings = parts.settings
    cipher = FieldCipher(read_keys(settings.contact_keys))
    links = Links(LinkSigner(settings.link_secret), settings.public_url)
    return Deliver(
        uow=parts.uow,
        writer=open_writer(cipher=cipher, links=links, programme_name=settings.programme_name),
        channel=channel(settings),
        quiet=settings.quiet,
        pause=partial(wait_after, first=5.0, longest=1800.0),
    )


def channel(settings: Settings) -> Channel:
    """A new channel is a new scheme here and a new file in `adapters/`; copy the nearest."""
    clock = SystemClock()
    if settings.mail_folder is not None:
        return EmailFiles(settings.mail_folder, settings.mail_from, clock)
    return EmailSmtp(read_mail_server(settings.mail_url), settings.mail_from, clock)


def run_api(stop: Stop) -> None:
    """Answer HTTP requests on HOST:PORT."""
    del stop  # gunicorn hears the signals itself
    settings = load(Settings)
    serve(lambda: app(Parts.of(settings)), host=settings.host, port=settings.port, threads=settings.threads)


def run_worker(stop: Stop) -> None:
    """Deliver the messages that are due."""
    with _background() as parts:
        send = deliver(parts)

        def run_job(job: Job) -> None:
            send(job.key)

        workers = [Worker(parts.engine, {DELIVER: run_job}) for _ in range(parts.settings.mail_workers)]
        threads = [Thread(target=worker.run, args=(stop,), name=f"worker {n}") for n, worker in enumerate(workers)]
        for thread in threads[1:]:
            thread.start()
        try:
            workers[0].run(stop)
        finally:
            stop.set()
            for thread in threads[1:]:
                thread.join()


def run_consumer(stop: Stop) -> None:
    """Hear what the other services tell; a new database first asks for everybody."""
    with _background() as parts:
        ask_for_people(parts.uow, parts.settings.programme)
        Subscriber(parts.broker, consumer.GROUP, consumer.handlers(parts.uow), parts.uow).run(stop)


def run_relay(stop: Stop) -> None:
    """Carry what this service tells from its outbox to the broker."""
    with _background() as parts:
        Relay(parts.engine, parts.broker).run(stop)


def run_scheduler(stop: Stop) -> None:
    """Tidy up every so often."""
    with _background() as parts:
        Scheduler(parts.engine, schedule.ticks(parts.uow)).run(stop)


def run_migrate(stop: Stop) -> None:
    """Bring the database to the newest schema and make the topics; safe to run twice, and at the same time."""
    del stop
    settings = load(Settings)
    migrate_database(settings.database_url, MIGRATIONS)


def main() -> int:
    """Run the role that the command line names."""
    roles = {
        "api": run_api,
        "worker": run_worker,
        "consumer": run_consumer,
        "relay": run_relay,
        "scheduler": run_scheduler,
        "migrate": run_migrate,
    }
    return run_service(NAME, "Tells people what happened, in their language.", roles, configure_logs=_configure_logs)


def _configure_logs(service: str, role: str) -> None:
    logs.configure(service=service, role=role)


@contextmanager
def _background() -> Iterator[Parts]:
    """The parts of a background role, with its small door for probes."""
    settings = load(Settings)
    parts = Parts.of(settings)
    try:
        with ops_endpoint(settings.ops_port, parts.health):
            yield parts
    finally:
        parts.engine.dispose()


def _answers(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
