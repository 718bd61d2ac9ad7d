"""The settings every service has; a service's own settings class inherits them and adds what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.chassis.identity.access_tokens import read_public_key
from services.chassis.service.settings import (
    each_of,
    listening_address,
    number,
    rate,
    rotating_secret,
    text,
    url,
)

# A public key pair for development machines; production refuses it.
DEVELOPMENT_PRIVATE_KEY = "Y2Fpcm4gZGV2ZWxvcG1lbnQga2V5LCBub3Qgc2VjcmU="
DEVELOPMENT_PUBLIC_KEY = "0SDRbXi8y+kGmggkyHizvG2QoXN+llnx48pYv86wqqE="
DEVELOPMENT_LINK_SECRET = "development-link-secret-0123456789abcdef"  # noqa: S105 - refused in production


@dataclass(frozen=True, kw_only=True)
class ServiceSettings:
    """Where a service runs, its servers, and the secrets it shares with the other services."""

    environment: Literal["development", "production"]  # no default: it is written out
    database_url: str = url(schemes=("sqlite", "postgresql+psycopg"), hidden=True)
    migration_database_url: str = url("", schemes=("postgresql+psycopg",), hidden=True)  # empty: DATABASE_URL
    broker_url: str = url(schemes=("embedded", "kafka"), hidden=True)
    redis_url: str = url(
        "", schemes=("redis", "rediss", "unix"), hidden=True
    )  # empty: limits are counted in the process only
    public_url: str = url("http://localhost:8080", schemes=("http", "https"))
    host: str = listening_address("127.0.0.1")
    port: int = number(8000, most=65535)
    ops_host: str = listening_address("")  # empty: HOST
    ops_port: int = number(0, most=65535)  # 0: none
    threads: int = number(8, least=1, most=64)
    trusted_proxies: int = number(0, most=5)  # number of reverse proxies that add X-Forwarded-For
    topic_replicas: int = number(1, least=1, most=9)  # copies of each topic that the broker stores
    rate_limit: str = rate("1200 per minute")
    anonymous_rate_limit: str = rate("600 per minute")
    failure_limit: str = rate("20 per 10 minutes")
    address_limit: str = rate("3 per hour")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    token_public_key: str = rotating_secret(development=DEVELOPMENT_PUBLIC_KEY, check=read_public_key, roles={"api"})
    link_secret: str = rotating_secret(min_length=32, development=DEVELOPMENT_LINK_SECRET, roles={"api"})
    programme: str = text("cairn")

    @property
    def token_public_keys(self) -> tuple[str, ...]:
        """Return the keys that check access tokens."""
        return each_of(self.token_public_key)

    @property
    def link_secrets(self) -> tuple[str, ...]:
        """Return the secrets of links: the first signs, all read."""
        return each_of(self.link_secret)

    @property
    def production(self) -> bool:
        """Return whether the service runs in production."""
        return self.environment == "production"
