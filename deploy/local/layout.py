"""The processes of Cairn, the routes of each service, and the environment of each process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SERVICES = ("profiles", "matcher", "notifications")
ROLES = ("api", "worker", "consumer", "relay", "scheduler")

# First path segment -> service. People use one origin; each service has its own API behind it.
ROUTES: Mapping[str, str] = {
    "profiles": "profiles",
    "introductions": "profiles",
    "problems": "profiles",
    "matcher": "matcher",
    "offers": "matcher",
    "matches": "matcher",
    "notifications": "notifications",
    "mailbox": "notifications",
}
FRONT = "profiles"  # everything else, including the front page


@dataclass(frozen=True)
class Parts:
    """Addresses of the servers of a system: one database URL per service, a broker, an optional cache.

    ``owners`` are the URLs for migrations where another account owns the tables. ``mailbox`` is the name of the mail
    folder, one for each set of databases.
    """

    databases: Mapping[str, str]
    broker: str
    cache: str = ""
    mailbox: str = "outbox"
    owners: Mapping[str, str] = field(default_factory=dict)


def embedded_parts(folder: Path) -> Parts:
    """Return parts inside ``folder``: an SQLite file per service and the log of the embedded broker."""
    folder.mkdir(parents=True, exist_ok=True)
    root = folder.resolve()
    return Parts(
        databases={service: f"sqlite:///{root}/{service}.db" for service in SERVICES},
        broker=f"embedded://{root}/broker.db",
    )


def service_environment(
    service: str, *, parts: Parts, keys: Mapping[str, str], public_url: str, outbox: Path, extra: Mapping[str, str]
) -> dict[str, str]:
    """Return the settings of one service on this machine; ``extra`` overrides them.

    A service gets only the keys it needs: the key of access tokens and the index key stay with profiles, and each
    service signs its events with a key of its own.
    """
    environment = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": parts.databases[service],
        "BROKER_URL": parts.broker,
        "REDIS_URL": parts.cache,
        "PUBLIC_URL": public_url,
        "HOST": "127.0.0.1",
        "TRUSTED_PROXIES": "1",  # the front door
        "LINK_SECRET": keys["LINK_SECRET"],
        "TOKEN_PUBLIC_KEY": keys["TOKEN_PUBLIC_KEY"],
        "EVENT_PUBLIC_KEYS": keys["EVENT_PUBLIC_KEYS"],
        "EVENT_PRIVATE_KEY": keys[f"{service.upper()}_EVENT_PRIVATE_KEY"],
    }
    environment |= dict.fromkeys(("RATE_LIMIT", "ANONYMOUS_RATE_LIMIT"), "20000 per minute")  # all from one address
    if service == "profiles":
        environment |= {name: keys[name] for name in ("TOKEN_PRIVATE_KEY", "CONTACT_KEYS", "INDEX_KEY")}
        environment["SIGN_UP_LIMIT"] = "2000 per minute"  # the demonstration signs up many people from one address
    if service == "notifications":
        environment["CONTACT_KEYS"] = keys["CONTACT_KEYS"]
        environment["MAIL_URL"] = f"maildir://{outbox.resolve()}"
    return environment | dict(extra)
