"""Assemble the profiles service: the only module that imports all of its packages."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from services.chassis.identity.encryption import BlindIndex, FieldCipher, read_keys
from services.chassis.messages.event import Event
from services.chassis.service.service import Parts, Service
from services.chassis.storage.unit_of_work import Transaction
from services.events import topics
from services.events.permissions import SERVICES
from services.profiles.adapters.rows import PersonCipher
from services.profiles.adapters.store import Store
from services.profiles.ports import Resources, Rules
from services.profiles.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

    from services.chassis.background.scheduler import Tick
    from services.chassis.background.worker import Job
    from services.chassis.delivery.record_handler import Handler, Prefetch
    from services.chassis.service.ops.group import OpsGroup

WORDS = Path(__file__).parent / "words"


class _Absent:
    """Stands for a port whose secret this role is not given."""

    def __getattr__(self, name: str) -> NoReturn:
        raise RuntimeError(f"{name} needs a secret that only the API is given")


_ABSENT: Any = _Absent()


def open_store(settings: Settings) -> Callable[[Transaction], Store]:
    """Return the constructor of stores, which seal and open with the keys of the settings."""
    cipher = PersonCipher(open_cipher(settings), BlindIndex(*settings.index_keys))
    return partial(Store, cipher=cipher)


def resources(parts: Parts[Settings, Store]) -> Resources:
    """Return the ports and rules of the use cases."""
    from services.chassis.identity.access_tokens import TokenIssuer
    from services.chassis.identity.signed_links import LinkSigner

    settings = parts.settings
    key, secrets = settings.token_private_key, settings.link_secrets
    return Resources(
        begin=parts.uow.begin,
        new_id=lambda: str(uuid.uuid4()),
        seal=open_cipher(settings),
        tokens=TokenIssuer(key, audience=SERVICES, clock=parts.clock) if key else _ABSENT,
        links=LinkSigner(*secrets, clock=parts.clock) if secrets else _ABSENT,
        rules=Rules(
            programme=settings.programme,
            youth_track=settings.youth_track,
            session_life=timedelta(days=settings.session_days),
            link_life=timedelta(minutes=settings.link_minutes),
        ),
    )


def web_app(parts: Parts[Settings, Store]) -> Flask:
    """Return the WSGI app."""
    from services.chassis.i18n.translations import CHASSIS_WORDS, Words
    from services.chassis.web.app import build_app
    from services.events.validation import VALIDATION_WORDS
    from services.profiles import api, pages

    ports, words = resources(parts), Words(WORDS, VALIDATION_WORDS, CHASSIS_WORDS)
    return build_app(
        name=SERVICE.name,
        title="Cairn profiles",
        site="Cairn",
        settings=parts.settings,
        health=parts.health,
        blueprints=api.routes(api.ApiContext(resources=ports, words=words)),
        pages=[
            pages.routes(ports, words, public_url=parts.settings.public_url, development=not parts.settings.production)
        ],
        uow=parts.uow,
        clock=parts.clock,
        words=words,
    )


def handlers(parts: Parts[Settings, Store]) -> Mapping[type[Event], Handler]:
    """Return the event handlers."""
    from services.profiles import consumer

    return consumer.handlers(resources(parts))


def prefetch(parts: Parts[Settings, Store]) -> Prefetch:
    """Return the function that reads ahead for a batch of events."""
    from services.profiles.use_cases.record_introduction import prefetch

    return partial(prefetch, resources(parts))


def jobs(parts: Parts[Settings, Store]) -> Mapping[str, Callable[[Job], None]]:
    """Return the job handlers."""
    from services.profiles import schedule

    return schedule.jobs(resources(parts))


def ticks(parts: Parts[Settings, Store]) -> Sequence[Tick]:
    """Return the scheduled ticks."""
    from services.profiles import schedule

    return schedule.ticks(resources(parts))


def ops() -> Sequence[OpsGroup]:
    """Return the operators' commands."""
    from services.chassis.service.ops.keys import keys_group
    from services.profiles.adapters.tables import SEALED
    from services.profiles.ops import REINDEX, api_keys_group, people_group

    return [people_group(resources), api_keys_group(resources), keys_group([SEALED], open_cipher, REINDEX)]


def open_cipher(settings: Settings) -> FieldCipher:
    """Return the cipher of personal texts."""
    return FieldCipher(read_keys(settings.contact_keys))


SERVICE = Service(
    name="profiles",
    about="People, their consent and their contact details: sign-up, approval, sign-in, introductions, erasure.",
    settings=Settings,
    migrations=Path(__file__).parent / "adapters" / "migrations",
    topics=topics.specs,
    open_store=open_store,
    web_app=web_app,
    handlers=handlers,
    prefetch=prefetch,
    jobs=jobs,
    ticks=ticks,
    append_only=frozenset({"consents"}),
    ops=ops,
)
