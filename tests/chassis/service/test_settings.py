"""Settings are read whole, from the environment or files, and every fault is told at once."""

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


def test_what_is_not_given_has_its_default_and_what_is_given_its_type() -> None:
    settings = load(ShopSettings, GOOD | {"PORT": "81", "OPEN": "no"})
    assert (settings.port, settings.open, settings.name) == (81, False, "shop")


def test_every_fault_is_told_in_one_message() -> None:
    with pytest.raises(SettingsError) as told:
        load(ShopSettings, {"ENVIRONMENT": "staging", "PORT": "http", "KEY": "short", "OPEN": "perhaps"})
    message = str(told.value)
    assert len(told.value.faults) == 5
    for name in ("ENVIRONMENT", "DATABASE_URL", "PORT", "KEY", "OPEN"):
        assert name in message
    assert "development, production" in message
    assert "short" not in message.replace("this has 5", "")


def test_settings_that_are_wrong_refuse_the_start_without_a_traceback() -> None:
    with pytest.raises(StartRefused):
        load(ShopSettings, {})


def test_an_address_of_another_kind_is_refused_by_naming_the_kinds_that_work() -> None:
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


def test_a_file_that_cannot_be_read_is_a_fault_like_any_other(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="KEY_FILE"):
        load(ShopSettings, GOOD | {"KEY_FILE": str(tmp_path / "nowhere")})


def test_a_value_given_twice_is_refused_instead_of_guessed(tmp_path: Path) -> None:
    place = tmp_path / "key"
    place.write_text("k" * 40)
    with pytest.raises(SettingsError, match="KEY is given twice"):
        load(ShopSettings, GOOD | {"KEY": "q" * 40, "KEY_FILE": str(place)})


def test_secrets_and_addresses_with_passwords_never_show() -> None:
    settings = load(ShopSettings, {"DATABASE_URL": "postgresql+psycopg://u:hunter2@db/shop", "KEY": "s" * 40})
    assert "hunter2" not in repr(settings)
    assert "s" * 40 not in repr(settings)


@pytest.mark.parametrize("given", [{}, {"KEY": "only-for-one's-own-machine-01234567"}])
def test_production_refuses_what_is_meant_for_development(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="KEY still has its development default"):
        load(ShopSettings, GOOD | {"ENVIRONMENT": "production"} | given)


def test_production_takes_a_secret_of_its_own() -> None:
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
    with pytest.raises(SettingsError) as told:
        load(ServiceSettings, SERVICE | {"ENVIRONMENT": "production"})
    named = {fault.split()[0] for fault in told.value.faults}
    assert named == {"ADMIN_TOKEN", "TOKEN_PUBLIC_KEY", "LINK_SECRET"}


def test_a_public_key_that_is_none_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match="TOKEN_PUBLIC_KEY"):
        load(ServiceSettings, SERVICE | {"TOKEN_PUBLIC_KEY": "bm90IGEga2V5"})


def test_the_development_keys_are_a_pair() -> None:
    token = TokenIssuer(DEVELOPMENT_PRIVATE_KEY).issue("p1", "cairn")
    assert TokenVerifier(DEVELOPMENT_PUBLIC_KEY).verify(token).person_id == "p1"
