"""Where the matcher is put together: the only module that sees every room."""

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
from services.matcher.adapters.facts_cache import FactsRead
from services.matcher.adapters.people_reader import PeopleRead
from services.matcher.adapters.store import MatcherStore
from services.matcher.settings import Settings
from services.matcher.use_cases.steps.save_transition import FIND_GAPS

if TYPE_CHECKING:
    from flask import Flask

    from services.chassis.background.scheduler import Tick
    from services.chassis.background.worker import Job
    from services.chassis.delivery.record_handler import Foresee, Handler

WORDS = Path(__file__).parent / "words"


def open_store(_settings: Settings) -> Callable[[Transaction], MatcherStore]:
    """Stores need their transaction, and what the process has just read of people's facts."""
    return partial(MatcherStore, facts=FactsRead(), people=PeopleRead())


def web_app(parts: Parts[Settings, MatcherStore]) -> Flask:
    """Return the WSGI app."""
    from services.chassis.i18n.translations import Words
    from services.chassis.identity.signed_links import LinkSigner
    from services.chassis.web.app import build_app
    from services.matcher import api, pages
    from services.matcher.use_cases.engine_access.engine_queue import EngineQueue

    words, terms = Words(WORDS), parts.settings.terms
    app = build_app(
        name=SERVICE.name,
        title="Cairn matcher",
        site="Cairn",
        settings=parts.settings,
        health=parts.health,
        blueprints=api.routes(api.ApiContext(parts.uow, terms, words, EngineQueue(parts.settings.bounds))),
        pages=pages.routes(parts.uow, terms, words, LinkSigner(parts.settings.link_secret, clock=parts.clock)),
        uow=parts.uow,
    )
    words.install(app.jinja_env)
    return app


def handlers(parts: Parts[Settings, MatcherStore]) -> Mapping[type[Event], Handler]:
    """What is heard."""
    from services.matcher import consumer

    return consumer.handlers(parts.uow, parts.settings.terms)


def foresee(parts: Parts[Settings, MatcherStore]) -> Foresee:
    """What is read at once for events that are heard together."""
    from services.matcher.use_cases.apply_person_event import expect

    return partial(expect, parts.uow)


def jobs(parts: Parts[Settings, MatcherStore]) -> Mapping[str, Callable[[Job], None]]:
    """What the worker does."""
    from services.matcher import schedule

    return schedule.jobs(parts.uow, parts.settings.terms)


def ticks(parts: Parts[Settings, MatcherStore]) -> Sequence[Tick]:
    """What happens every so often."""
    from services.matcher import schedule

    return schedule.ticks(parts.uow, parts.settings.terms)


def ask_for_everybody(parts: Parts[Settings, MatcherStore]) -> None:
    """A new database first asks profiles to say everybody again."""
    from services.matcher.use_cases.request_people import request_people

    request_people(parts.uow, parts.settings.programme)


def open_programme() -> tuple[UnitOfWork[MatcherStore], str]:
    """The database and the programme that the environment names, for commands: no broker, no probes."""
    settings = SERVICE.read_settings()
    uow = UnitOfWork(open_engine(settings.database_url), open_store(settings), source="/matcher")
    return uow, settings.programme


SERVICE = Service(
    name="matcher",
    about="Pairs waiting mentees with mentors by an optimal assignment, and keeps the life of every match.",
    settings=Settings,
    migrations=Path(__file__).parent / "adapters" / "migrations",
    topics=topics.specs,
    open_store=open_store,
    web_app=web_app,
    handlers=handlers,
    foresee=foresee,
    jobs=jobs,
    ticks=ticks,
    before_consuming=ask_for_everybody,
    aside=frozenset({FIND_GAPS}),
)
