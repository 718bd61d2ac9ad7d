"""All settings are checked before anything starts."""

import pytest

from services.chassis.service.settings import SettingsError, load
from services.notifications.domain.quiet import read_quiet_hours
from services.notifications.settings import Settings

PLACES = {
    "ENVIRONMENT": "development",
    "DATABASE_URL": "sqlite:////tmp/n.db",
    "BROKER_URL": "embedded:////tmp/b.db",
    "MAIL_URL": "maildir:///tmp/outbox",
}


def test_development_has_no_quiet_hours_and_a_mailbox() -> None:
    settings = load(Settings, PLACES)
    assert settings.quiet is None
    assert str(settings.mailbox) == "/tmp/outbox"  # noqa: S108 - never opened


def test_production_is_quiet_at_night_by_default() -> None:
    from dataclasses import replace

    production = replace(load(Settings, PLACES), environment="production")
    assert production.quiet == read_quiet_hours("21:00-08:00")
    assert production.mailbox is None
    assert replace(production, quiet_hours="off").quiet is None
    assert replace(production, quiet_hours="22:30-07:00").quiet == read_quiet_hours("22:30-07:00")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_URL", "http://example.org"),
        ("MAIL_URL", "maildir:relative"),
        ("MAIL_URL", "smtp://"),
        ("MAIL_URL", "smtp://host:0"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "a@example.org, b@example.org"),
        ("MAIL_FROM", "Cairn\r\nBcc: x@example.org <c@example.org>"),
        ("QUIET_HOURS", "at night"),
        ("CONTACT_KEYS", "{}"),
        ("MAIL_WORKERS", "0"),
    ],
)
def test_an_invalid_setting_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(Settings, PLACES | {name: value})
    assert name in str(refused.value)


def test_production_refuses_the_development_contact_key() -> None:
    with pytest.raises(SettingsError, match="CONTACT_KEYS still has its development default"):
        load(Settings, PLACES | {"ENVIRONMENT": "production"})
