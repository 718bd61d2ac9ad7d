"""Assemble the matcher; the only module that imports every package of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from services.chassis.messages.event import Event
from services.chassis.service.service import Parts, Service
from services.chassis.storage.database import open_engine
from services.chassis.storage.unit_of_work import Transaction, UnitOfWork
from services.events import topics
from services.matcher.adapters.people_reader import PeopleRead
from services.matcher.adapters.store import MatcherStore
from services.matcher.settings import Settings
from services.matcher.use_cases.steps.save_transition import FIND_GAPS

if TYPE_CHECKING:
    from flask import Flask

    from services.chassis.background.scheduler import Tick
    from services.chassis.background.worker import Job
    from services.chassis.delivery.record_handler import Handler, Prefetch
    from services.chassis.service.ops.group import OpsGroup

WORDS = Path(__file__).parent / "words"


def open_store(_settings: Settings) -> Callable[[Transaction], MatcherStore]:
    """Return what makes a store from a transaction, with the process's cache of people."""
    return partial(MatcherStore, people=PeopleRead())


def web_app(parts: Parts[Settings, MatcherStore]) -> Flask:
    """Return the WSGI app."""
    from services.chassis.i18n.translations import CHASSIS_WORDS, Words
    from services.chassis.identity.signed_links import LinkSigner
    from services.chassis.web.app import build_app
    from services.matcher import api, pages
    from services.matcher.use_cases.engine_access.engine_queue import EngineQueue

    words, terms = Words(WORDS, CHASSIS_WORDS), parts.settings.terms
    return build_app(
        name=SERVICE.name,
        title="Cairn matcher",
        site="Cairn",
        settings=parts.settings,
        health=parts.health,
        blueprints=api.routes(api.ApiContext(parts.uow, terms, words, EngineQueue(parts.settings.bounds))),
        pages=pages.routes(parts.uow, terms, words, LinkSigner(*parts.settings.link_secrets, clock=parts.clock)),
        uow=parts.uow,
        clock=parts.clock,
        words=words,
    )


def handlers(parts: Parts[Settings, MatcherStore]) -> Mapping[type[Event], Handler]:
    """Return the handler of each event."""
    from services.matcher import consumer

    return consumer.handlers(parts.uow, parts.settings.terms)


def prefetch(parts: Parts[Settings, MatcherStore]) -> Prefetch:
    """Return what reads ahead for a batch of events."""
    from services.matcher.use_cases.apply_person_event import expect

    return partial(expect, parts.uow)


def jobs(parts: Parts[Settings, MatcherStore]) -> Mapping[str, Callable[[Job], None]]:
    """Return the jobs of the worker."""
    from services.matcher import schedule

    return schedule.jobs(parts.uow, parts.settings.terms)


def ticks(parts: Parts[Settings, MatcherStore]) -> Sequence[Tick]:
    """Return the ticks of the scheduler."""
    from services.matcher import schedule

    return schedule.ticks(parts.uow, parts.settings.terms)


def request_replay(parts: Parts[Settings, MatcherStore]) -> None:
    """Request, on first start of a new database, a full replay of people from profiles."""
    from services.matcher.use_cases.request_people import request_people

    request_people(parts.uow, parts.settings.programme)


def open_programme() -> tuple[UnitOfWork[MatcherStore], str]:
    """Open the database that the environment names, without broker and probes; return it with the programme."""
    settings = SERVICE.read_settings()
    uow = UnitOfWork(open_engine(settings.database_url), open_store(settings), source="/matcher")
    return uow, settings.programme


def ops() -> Sequence[OpsGroup]:
    """Return the operators' commands."""
    from services.matcher.ops import PEOPLE

    return [PEOPLE]


SERVICE = Service(
    name="matcher",
    about="Pairs waiting mentees with mentors by an optimal assignment, and keeps the life of every match.",
    settings=Settings,
    migrations=Path(__file__).parent / "adapters" / "migrations",
    topics=topics.specs,
    open_store=open_store,
    web_app=web_app,
    handlers=handlers,
    prefetch=prefetch,
    jobs=jobs,
    ticks=ticks,
    before_consuming=request_replay,
    aside=frozenset({FIND_GAPS}),
    ops=ops,
)
