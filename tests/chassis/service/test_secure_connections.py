"""Which connections a service accepts: production wants passwords, and TLS unless a setting says otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.chassis.broker.kafka.security import KafkaSecurity
from services.chassis.service.service_settings import DEVELOPMENT_EVENT_PUBLIC_KEYS, ServiceSettings
from services.chassis.service.settings import SettingsError, load

PUBLIC = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # the public key of RFC 8032, test 1
DEVELOPMENT = {
    "ENVIRONMENT": "development",
    "DATABASE_URL": "sqlite:////tmp/x.db",
    "BROKER_URL": "kafka://kafka:9092",
}
PRODUCTION = DEVELOPMENT | {
    "ENVIRONMENT": "production",
    "LINK_SECRET": "s" * 40,
    "TOKEN_PUBLIC_KEY": PUBLIC,
    "EVENT_PUBLIC_KEYS": json.dumps({"profiles": [PUBLIC]}),
    "KAFKA_SECURITY": "tls",
}


def faults(environ: dict[str, str]) -> list[str]:
    """Return the names of the settings at fault."""
    try:
        load(ServiceSettings, environ)
    except SettingsError as error:
        return [fault.split()[0] for fault in error.faults]
    return []


def test_development_accepts_plain_connections() -> None:
    assert faults(DEVELOPMENT | {"REDIS_URL": "redis://localhost/0"}) == []


def test_production_accepts_kafka_in_plain_text_only_in_so_many_words() -> None:
    assert faults(PRODUCTION) == []
    assert faults(PRODUCTION | {"KAFKA_SECURITY": "plaintext"}) == ["KAFKA_SECURITY"]
    assert faults(PRODUCTION | {"KAFKA_SECURITY": "plaintext", "KAFKA_PLAINTEXT_ACCEPTED": "yes"}) == []
    assert faults(PRODUCTION | {"KAFKA_SECURITY": "plaintext", "BROKER_URL": "embedded:////tmp/b.db"}) == []


@pytest.mark.parametrize("url", ["redis://redis:6379/0", "rediss://redis:6379/0", "redis://user@redis:6379/0"])
def test_production_refuses_a_redis_without_a_password(url: str) -> None:
    assert faults(PRODUCTION | {"REDIS_URL": url}) == ["REDIS_URL"]
    assert faults(PRODUCTION | {"REDIS_URL": url.replace("//", "//:word@").replace("user@", "")}) == []


def test_production_refuses_the_development_key_among_others() -> None:
    keys = json.loads(DEVELOPMENT_EVENT_PUBLIC_KEYS)
    hidden = {"profiles": [PUBLIC], "matcher": keys["matcher"]}
    assert faults(PRODUCTION | {"EVENT_PUBLIC_KEYS": json.dumps(hidden)}) == ["EVENT_PUBLIC_KEYS"]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"KAFKA_SECURITY": "sasl_tls"}, "KAFKA_SECURITY"),
        ({"KAFKA_SECURITY": "sasl_tls", "KAFKA_USER": "matcher"}, "KAFKA_SECURITY"),
        ({"KAFKA_USER": "matcher", "KAFKA_PASSWORD": "word"}, "KAFKA_SECURITY"),
        ({"KAFKA_SECURITY": "tls", "KAFKA_CERTIFICATE_FILE": __file__}, "KAFKA_CERTIFICATE_FILE"),
        ({"KAFKA_CA_FILE": __file__}, "KAFKA_SECURITY"),
        ({"KAFKA_SECURITY": "tls", "KAFKA_CA_FILE": "/nowhere/ca.pem"}, "KAFKA_CA_FILE"),
        ({"KAFKA_SECURITY": "ssl"}, "KAFKA_SECURITY"),
    ],
)
def test_settings_that_do_not_fit_together_are_named(given: dict[str, str], named: str) -> None:
    assert faults(DEVELOPMENT | given) == [named]


def test_a_password_from_a_file_reaches_the_client_and_no_message(tmp_path: Path) -> None:
    word = tmp_path / "word"
    word.write_text("a secret word\n")
    given = {"KAFKA_SECURITY": "sasl_tls", "KAFKA_USER": "matcher", "KAFKA_PASSWORD_FILE": str(word)}
    settings = load(ServiceSettings, DEVELOPMENT | given)
    assert settings.kafka.client_settings() == {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "matcher",
        "sasl_plain_password": "a secret word",
    }
    assert "a secret word" not in repr(settings) + repr(settings.kafka)


def test_certificates_reach_the_client() -> None:
    security = KafkaSecurity(security="tls", ca_file="ca", certificate_file="certificate", key_file="key")
    assert security.client_settings() == {
        "security_protocol": "SSL",
        "ssl_cafile": "ca",
        "ssl_certfile": "certificate",
        "ssl_keyfile": "key",
    }
