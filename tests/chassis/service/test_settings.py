"""Settings are validated completely, from the environment or files; one message lists every fault."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path
from typing import Literal

import pytest

from services.chassis.core.errors import StartRefused
from services.chassis.identity.access_tokens import TokenIssuer, TokenVerifier
from services.chassis.service.service_settings import DEVELOPMENT_PRIVATE_KEY, DEVELOPMENT_PUBLIC_KEY, ServiceSettings
from services.chassis.service.settings import SettingsError, flag, load, number, secret, text, url


@dataclass(frozen=True, kw_only=True)
class ShopSettings:
    environment: Literal["development", "production"] = "development"
    database_url: str = url(schemes=("sqlite", "postgresql+psycopg"), hidden=True)
    port: int = number(8000, least=1, most=65535)
    key: str = secret(min_length=32, development="only-for-one's-own-machine-01234567")
    open: bool = flag(True)
    name: str = text("shop")


GOOD = {"DATABASE_URL": "sqlite:////tmp/shop.db"}


def test_a_missing_variable_gets_its_default_and_a_given_one_its_type() -> None:
    settings = load(ShopSettings, GOOD | {"PORT": "81", "OPEN": "no"})
    assert (settings.port, settings.open, settings.name) == (81, False, "shop")


def test_one_message_lists_every_fault() -> None:
    with pytest.raises(SettingsError) as raised:
        load(ShopSettings, {"ENVIRONMENT": "staging", "PORT": "http", "KEY": "short", "OPEN": "perhaps"})
    message = str(raised.value)
    assert len(raised.value.faults) == 5
    for name in ("ENVIRONMENT", "DATABASE_URL", "PORT", "KEY", "OPEN"):
        assert name in message
    assert "development, production" in message
    assert "short" not in message.replace("this has 5", "")


def test_wrong_settings_refuse_the_start() -> None:
    with pytest.raises(StartRefused):
        load(ShopSettings, {})


def test_a_url_with_another_scheme_is_refused_with_the_schemes_that_work() -> None:
    with pytest.raises(SettingsError, match=r"DATABASE_URL .*sqlite: or postgresql\+psycopg:"):
        load(ShopSettings, {"DATABASE_URL": "mysql://db"})


@pytest.mark.parametrize("value", ["0", "65536", "-1"])
def test_a_number_out_of_its_range_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="PORT has to be between 1 and 65535"):
        load(ShopSettings, GOOD | {"PORT": value})


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    place = tmp_path / "key"
    place.write_text("k" * 40 + "\n")
    assert load(ShopSettings, GOOD | {"KEY_FILE": str(place)}).key == "k" * 40


def test_an_unreadable_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="KEY_FILE"):
        load(ShopSettings, GOOD | {"KEY_FILE": str(tmp_path / "nowhere")})


def test_a_value_given_twice_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "key"
    place.write_text("k" * 40)
    with pytest.raises(SettingsError, match="KEY is given twice"):
        load(ShopSettings, GOOD | {"KEY": "q" * 40, "KEY_FILE": str(place)})


def test_secrets_and_urls_with_passwords_never_show_in_repr() -> None:
    settings = load(ShopSettings, {"DATABASE_URL": "postgresql+psycopg://u:hunter2@db/shop", "KEY": "s" * 40})
    assert "hunter2" not in repr(settings)
    assert "s" * 40 not in repr(settings)


@pytest.mark.parametrize("given", [{}, {"KEY": "only-for-one's-own-machine-01234567"}])
def test_production_refuses_development_defaults(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="KEY still has its development default"):
        load(ShopSettings, GOOD | {"ENVIRONMENT": "production"} | given)


def test_production_accepts_its_own_secret() -> None:
    assert load(ShopSettings, GOOD | {"ENVIRONMENT": "production", "KEY": "k" * 32}).key == "k" * 32


def test_settings_do_not_change_while_running() -> None:
    settings = load(ShopSettings, GOOD)
    with pytest.raises(FrozenInstanceError):
        settings.port = 9  # type: ignore[misc]


def test_without_a_mapping_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////tmp/shop.db")
    monkeypatch.setenv("PORT", "99")
    assert load(ShopSettings).port == 99


SERVICE = {"DATABASE_URL": "sqlite:////tmp/x.db", "BROKER_URL": "embedded:////tmp/b.db"}


def test_a_service_in_production_needs_its_own_secrets() -> None:
    with pytest.raises(SettingsError) as raised:
        load(ServiceSettings, SERVICE | {"ENVIRONMENT": "production"})
    named = {fault.split()[0] for fault in raised.value.faults}
    assert named == {"ADMIN_TOKEN", "TOKEN_PUBLIC_KEY", "EVENT_PUBLIC_KEYS", "LINK_SECRET"}


def test_an_invalid_public_key_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match="TOKEN_PUBLIC_KEY"):
        load(ServiceSettings, SERVICE | {"TOKEN_PUBLIC_KEY": "bm90IGEga2V5"})


def test_the_development_keys_are_a_pair() -> None:
    token = TokenIssuer(DEVELOPMENT_PRIVATE_KEY).issue("p1", "cairn")
    assert TokenVerifier(DEVELOPMENT_PUBLIC_KEY).verify(token).person_id == "p1"
