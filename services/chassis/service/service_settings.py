"""The settings every service has; a service's own settings class inherits them and adds what it needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from services.chassis.broker.kafka.security import KafkaSecurity, Security
from services.chassis.delivery.signatures import EventVerifier, check_public_keys
from services.chassis.identity.access_tokens import read_private_key, read_public_key
from services.chassis.service.settings import (
    each_of,
    listening_address,
    number,
    rate,
    readable_file,
    rotating_secret,
    secret,
    text,
    url,
)

# A public key pair for development machines; production refuses it.
DEVELOPMENT_PRIVATE_KEY = "Y2Fpcm4gZGV2ZWxvcG1lbnQga2V5LCBub3Qgc2VjcmU="
DEVELOPMENT_PUBLIC_KEY = "0SDRbXi8y+kGmggkyHizvG2QoXN+llnx48pYv86wqqE="
DEVELOPMENT_EVENT_PRIVATE_KEY = "Y2Fpcm4gZGV2ZWxvcG1lbnQgZXZlbnRzIGtleS4uLi4="
_DEVELOPMENT_EVENT_KEY = "Ag1PUHB45SIsp9agrDTj+yGe7NCTEZQ+cUZjroaJq2I="
DEVELOPMENT_EVENT_PUBLIC_KEYS = json.dumps(
    {service: [_DEVELOPMENT_EVENT_KEY] for service in ("profiles", "matcher", "notifications")}
)
DEVELOPMENT_LINK_SECRET = "development-link-secret-0123456789abcdef"  # noqa: S105 - refused in production


@dataclass(frozen=True, kw_only=True)
class ServiceSettings:
    """Where a service runs, its servers, and the secrets it shares with the other services."""

    environment: Literal["development", "production"]  # no default: it is written out
    database_url: str = url(schemes=("sqlite", "postgresql+psycopg"), hidden=True)
    migration_database_url: str = url("", schemes=("postgresql+psycopg",), hidden=True)  # empty: DATABASE_URL
    broker_url: str = url(schemes=("embedded", "kafka"), hidden=True)
    kafka_security: Security = "plaintext"
    kafka_plaintext_accepted: Literal["no", "yes"] = "no"
    kafka_ca_file: str = readable_file()
    kafka_certificate_file: str = readable_file()
    kafka_key_file: str = readable_file()
    kafka_user: str = text("")
    kafka_password: str = secret("")
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
    event_public_keys: str = secret(
        development=DEVELOPMENT_EVENT_PUBLIC_KEYS, check=check_public_keys, roles={"consumer"}
    )
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

    @property
    def verifier(self) -> EventVerifier:
        """Return what checks the signatures of events."""
        return EventVerifier(self.event_public_keys)

    @property
    def kafka(self) -> KafkaSecurity:
        """Return how to connect to Kafka."""
        return KafkaSecurity(
            security=self.kafka_security,
            ca_file=self.kafka_ca_file,
            certificate_file=self.kafka_certificate_file,
            key_file=self.kafka_key_file,
            user=self.kafka_user,
            password=self.kafka_password,
        )

    def faults(self) -> list[str]:
        """Return what does not fit together, and what production does not accept."""
        return self.kafka.faults() + (self._faults_in_production() if self.production else [])

    def _faults_in_production(self) -> list[str]:
        faults = []
        redis, kafka = urlsplit(self.redis_url), self.broker_url.startswith("kafka:")
        if kafka and self.kafka_security == "plaintext" and self.kafka_plaintext_accepted != "yes":
            faults.append(
                "KAFKA_SECURITY is plaintext, which lets everyone in the network read and write events: "
                "choose tls or sasl_tls, or accept it with KAFKA_PLAINTEXT_ACCEPTED=yes"
            )
        if redis.scheme in {"redis", "rediss"} and not redis.password:
            faults.append("REDIS_URL has no password: redis://:password@host:6379/0, or rediss:// over TLS")
        if _DEVELOPMENT_EVENT_KEY in self.event_public_keys:
            faults.append("EVENT_PUBLIC_KEYS holds the development key, which production refuses")
        return faults


@dataclass(frozen=True, kw_only=True)
class RelaySettings:
    """The setting of the relay alone: no other process can sign events."""

    environment: Literal["development", "production"]
    event_private_key: str = secret(development=DEVELOPMENT_EVENT_PRIVATE_KEY, check=read_private_key)
