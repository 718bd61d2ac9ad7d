"""The table of every setting, generated from the settings classes, without values of secrets.

The purpose of a setting is in ``WORDS``, or else in the comment beside its field.
"""

import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from deploy.local.layout import SERVICES
from services.chassis.service.service_settings import RelaySettings, ServiceSettings

WORDS: Mapping[str, str] = {
    "environment": (
        "always written out; production refuses every development default, shows no mailbox and asks browsers for HTTPS"
    ),
    "database_url": "the service's own database, `sqlite:////folder/file.db` or `postgresql+psycopg://…`",
    "migration_database_url": (
        "the same database for `migrate` alone, by the account that owns its tables; empty: `DATABASE_URL`"
    ),
    "broker_url": "`embedded:////folder/broker.db` (one machine) or `kafka://host:9092,host:9092`, the same for all",
    "kafka_security": "how to connect to Kafka; `sasl_tls` with a user and password (SCRAM-SHA-512)",
    "kafka_plaintext_accepted": "`yes` lets production use Kafka in plain text: for brokers in a network of their own",
    "kafka_ca_file": "the authorities that signed the brokers' certificates (PEM); empty: those of the system",
    "kafka_certificate_file": "the client's own certificate (PEM), where the brokers ask for one",
    "kafka_key_file": "its private key (PEM)",
    "kafka_user": "the user of `sasl_tls`; deploy/kafka/access.json expects the service's name",
    "kafka_password": "its password",
    "redis_url": "where rate limits are counted when several API processes share them; empty: in each process",
    "public_url": "the address people open; links in mails begin with it",
    "host": "the address the API listens on; `0.0.0.0` in a container",
    "port": "the port of the API",
    "ops_host": "the address that `OPS_PORT` listens on; empty: `HOST`",
    "ops_port": "the port on which every role answers `/livez`, `/readyz` and `/metrics`; 0: none",
    "threads": "requests that one API process answers at the same time",
    "log_level": "how much is written",
    "token_public_key": "checks access tokens (Ed25519, PEM or base64); several with commas: all are accepted",
    "event_public_keys": 'check who signed an event: `{"service": ["base64 of a public key", …]}`, the same for all',
    "event_private_key": "signs the events of this service (Ed25519); only its relay reads it",
    "link_secret": (
        "signs links in mails, page cursors and form nonces; the same for all services; several with commas: the first "
        "signs, all read"
    ),
    "programme": "the id of the programme that this installation serves",
    "lapses_before_rest": "offers a mentor may let lapse before rounds leave them in peace for a while",
    "rest_days": "how long that while is",
    "contact_keys": 'seals contact details: `{"key id": "base64 of 32 bytes"}`, the first one seals, all open',
    "mail_url": "`smtp://name:password@host:587?starttls=1`, or `maildir:///folder` with a mailbox page in development",
    "mail_from": "the sender of every mail",
    "mail_workers": "mails handed over at the same time, per worker process",
    "programme_name": "how the programme signs its letters",
    "quiet_hours": "`auto` (21:00-08:00 in production, none in development), `off`, or hours such as `22:00-07:00`",
    "token_private_key": "signs access tokens (Ed25519); its public half is TOKEN_PUBLIC_KEY",
    "index_key": (
        "finds an address without reading it (base64 of 32 bytes or more); several with commas: the first is stored, "
        "all are looked up"
    ),
    "rate_limit": "requests of one person or member of staff",
    "anonymous_rate_limit": "requests from one network without a valid token, or to routes open to anyone",
    "failure_limit": "refused tokens and links from one network",
    "address_limit": "sign-ups and sign-in links for one mail address",
    "sign_up_limit": "sign-ups and sign-in links from one network",
    "session_days": "how long a person stays signed in",
    "link_minutes": "how long a sign-in link is good",
}

_COMMENT = re.compile(r"^    (\w+): .*?  # (?!noqa)(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Setting:
    """One row of the table; ``services`` are those that read the setting."""

    name: str
    services: tuple[str, ...]
    kind: str
    words: str
    default: str
    secret: bool


def settings_page() -> str:
    """Return the content of docs/settings.md."""
    rows = [
        f"| `{row.name}` | {_readers(row.services)} | {row.kind} | {row.words} | {row.default} |"
        for row in every_setting()
    ]
    return (
        "\n".join(
            [_INTRODUCTION, "| setting | read by | kind | what it is | default |", "|---|---|---|---|---|", *rows]
        )
        + "\n"
    )


def every_setting() -> tuple[Setting, ...]:
    """Return all settings of all services, the common ones first."""
    classes = {service: settings_class(service) for service in SERVICES}
    shared = [_setting(ServiceSettings, field, SERVICES) for field in _fields(ServiceSettings)]
    shared += [
        _setting(RelaySettings, field, SERVICES) for field in _fields(RelaySettings) if field.name != "environment"
    ]
    known = {setting.name for setting in shared}
    own: dict[str, Setting] = {}
    for service, cls in classes.items():
        for field in _fields(cls):
            name = field.name.upper()
            if name not in known:
                readers = (*own[name].services, service) if name in own else (service,)
                own[name] = _setting(cls, field, readers)
    return (*shared, *own.values())


def settings_class(service: str) -> type[Any]:
    """Return the settings class of one service."""
    cls: type[Any] = importlib.import_module(f"services.{service}.settings").Settings
    return cls


def _fields(cls: type[Any]) -> Iterator[dataclasses.Field[Any]]:
    return (field for field in dataclasses.fields(cls) if field.init)


def _setting(cls: type[Any], field: dataclasses.Field[Any], readers: tuple[str, ...]) -> Setting:
    secret = not field.repr
    return Setting(
        name=field.name.upper(),
        services=readers,
        kind=_kind(get_type_hints(cls)[field.name], secret=secret),
        words=_words(cls, field.name),
        default=_default(field, secret=secret),
        secret=secret,
    )


def _words(cls: type[Any], name: str) -> str:
    comments = dict(_COMMENT.findall(inspect.getsource(cls)))
    words = WORDS.get(name) or comments.get(name)
    if words is None:
        raise KeyError(f"say in a comment beside `{name}` what this setting is for: {cls.__module__}")
    return words.replace("|", r"\|")


def _kind(hint: Any, *, secret: bool) -> str:
    if secret:
        return "secret"
    if get_origin(hint) is Literal:
        return " or ".join(f"`{word}`" for word in get_args(hint))
    return {int: "number", bool: "`true` or `false`"}.get(hint, "text")


def _default(field: dataclasses.Field[Any], *, secret: bool) -> str:
    if field.default is dataclasses.MISSING:
        return "none: has to be given"
    if secret:  # no value of a secret is shown, not even its public development default
        return "for development only" if field.default else "empty"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def _readers(services: tuple[str, ...]) -> str:
    return "all" if services == SERVICES else ", ".join(services)


_INTRODUCTION = """# Settings

This page is made from the settings classes by `make docs`; do not edit it.

Every process reads its settings from the environment, checks all of them before it starts, and names every fault in one
message. Any setting can be given as a file instead: `NAME_FILE=/run/secrets/name` (a trailing line break is dropped;
giving both is a fault). Give the secrets that way. A secret that still has its development value is a fault with
`ENVIRONMENT=production`, and wherever `HOST` or `OPS_HOST` is not a loopback address. How they are used, and how keys
are changed: [operations](operations.md).
"""
