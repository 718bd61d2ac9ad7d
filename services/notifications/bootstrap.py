"""Assemble the notifications service: the only module that imports all of its packages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from services.chassis.messages.event import Event
from services.chassis.service.service import Parts, Service
from services.chassis.storage.unit_of_work import Transaction
from services.events import topics
from services.notifications.adapters.store import Store
from services.notifications.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

    from services.chassis.background.scheduler import Tick
    from services.chassis.background.worker import Handler as JobHandler
    from services.chassis.background.worker import Job
    from services.chassis.delivery.record_handler import Handler, Prefetch
    from services.chassis.identity.encryption import FieldCipher
    from services.chassis.service.ops.group import OpsGroup
    from services.notifications.ports import Channel
    from services.notifications.use_cases.deliver import Deliver

WORDS = Path(__file__).parent / "words"


def open_store(_settings: Settings) -> Callable[[Transaction], Store]:
    """Return the constructor of stores, which need no keys: they never open sealed contacts."""
    return Store


def web_app(parts: Parts[Settings, Store]) -> Flask:
    """Return the WSGI app."""
    from services.chassis.i18n.translations import CHASSIS_WORDS, Words
    from services.chassis.identity.signed_links import LinkSigner
    from services.chassis.web.app import build_app
    from services.notifications import api
    from services.notifications.adapters.mailbox import Mailbox
    from services.notifications.pages import routes as pages

    settings = parts.settings
    mailbox = Mailbox(settings.mailbox) if settings.mailbox else None
    links = LinkSigner(*settings.link_secrets, clock=parts.clock)
    return build_app(
        name=SERVICE.name,
        title="Cairn notifications",
        site="Cairn",
        settings=settings,
        health=parts.health,
        blueprints=api.routes(api.ApiContext(uow=parts.uow, links=links, mailbox=mailbox)),
        pages=pages(mailbox),
        uow=parts.uow,
        clock=parts.clock,
        words=Words(WORDS, CHASSIS_WORDS),
    )


def deliver(parts: Parts[Settings, Store]) -> Deliver:
    """Return the use case that sends messages, with the channel that MAIL_URL names."""
    from services.chassis.core.backoff import wait_after
    from services.chassis.identity.signed_links import LinkSigner
    from services.notifications.adapters.letters import open_writer
    from services.notifications.adapters.links import Links
    from services.notifications.use_cases.deliver import Deliver

    settings = parts.settings
    return Deliver(
        uow=parts.uow,
        writer=open_writer(
            cipher=open_cipher(settings),
            links=Links(LinkSigner(*settings.link_secrets, clock=parts.clock), settings.public_url),
            programme_name=settings.programme_name,
        ),
        channel=channel(settings),
        quiet=settings.quiet,
        pause=partial(wait_after, first=5.0, longest=1800.0),
    )


def channel(settings: Settings) -> Channel:
    """Return the channel for the scheme of MAIL_URL; a new one is a new file in ``adapters/`` and a new scheme here."""
    from services.chassis.core.clock import SystemClock
    from services.notifications.adapters.email_files import EmailFiles
    from services.notifications.adapters.email_smtp import EmailSmtp, read_mail_server

    if settings.mail_folder is not None:
        return EmailFiles(settings.mail_folder, settings.mail_from, SystemClock())
    return EmailSmtp(read_mail_server(settings.mail_url), settings.mail_from, SystemClock())


def handlers(parts: Parts[Settings, Store]) -> Mapping[type[Event], Handler]:
    """Return the event handlers."""
    from services.notifications import consumer

    return consumer.handlers(parts.uow)


def prefetch(parts: Parts[Settings, Store]) -> Prefetch:
    """Return the function that reads ahead for a batch of events."""
    from services.notifications.use_cases.notify import prefetch

    return partial(prefetch, parts.uow)


def jobs(parts: Parts[Settings, Store]) -> Mapping[str, JobHandler]:
    """Return the job handlers."""
    from services.chassis.background.worker import BatchHandler
    from services.notifications.ports import DELIVER
    from services.notifications.use_cases.deliver import BATCH_SIZE

    send = deliver(parts)

    def run(jobs: Sequence[Job]) -> Mapping[str, Exception]:
        return send([job.key for job in jobs])

    return {DELIVER: BatchHandler(run, BATCH_SIZE)}


def ticks(parts: Parts[Settings, Store]) -> Sequence[Tick]:
    """Return the scheduled ticks."""
    from services.notifications import schedule

    return schedule.ticks(parts.uow)


def request_people_once(parts: Parts[Settings, Store]) -> None:
    """Request a full replay of people from profiles when the database is new."""
    from services.notifications.use_cases.request_people import request_people

    request_people(parts.uow, parts.settings.programme)


def mail_workers(settings: Settings) -> int:
    """Return how many workers send mail at the same time."""
    return settings.mail_workers


def ops() -> Sequence[OpsGroup]:
    """Return the operators' commands."""
    from services.chassis.service.ops.keys import keys_group
    from services.notifications.adapters.tables import SEALED
    from services.notifications.ops import PEOPLE

    return [PEOPLE, keys_group(SEALED, open_cipher)]


def open_cipher(settings: Settings) -> FieldCipher:
    """Return the cipher of people's contacts."""
    from services.chassis.identity.encryption import FieldCipher, read_keys

    return FieldCipher(read_keys(settings.contact_keys))


SERVICE = Service(
    name="notifications",
    about="Tells people what happened, in their language, at a kind hour.",
    settings=Settings,
    migrations=Path(__file__).parent / "adapters" / "migrations",
    topics=topics.specs,
    open_store=open_store,
    web_app=web_app,
    handlers=handlers,
    prefetch=prefetch,
    jobs=jobs,
    ticks=ticks,
    before_consuming=request_people_once,
    workers=mail_workers,
    ops=ops,
)
