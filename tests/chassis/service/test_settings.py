"""Settings are validated completely, from the environment or files; one message lists every fault."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path
from typing import Literal

import pytest

from services.chassis.core.errors import StartRefused
from services.chassis.identity.access_tokens import TokenVerifier
from services.chassis.service.service_settings import DEVELOPMENT_PUBLIC_KEY, ServiceSettings
from services.chassis.service.settings import (
    SettingsError,
    each_of,
    flag,
    listening_address,
    load,
    number,
    rotating_secret,
    secret,
    text,
    url,
)
from tests.support.tokens import person_token


@dataclass(frozen=True, kw_only=True)
class ShopSettings:
    environment: Literal["development", "production"]
    database_url: str = url(schemes=("sqlite", "postgresql+psycopg"), hidden=True)
    host: str = listening_address("127.0.0.1")
    ops_host: str = listening_address("")
    port: int = number(8000, least=1, most=65535)
    key: str = secret(min_length=32, development="only-for-one's-own-machine-01234567")
    open: bool = flag(True)
    name: str = text("shop")


GOOD = {"ENVIRONMENT": "development", "DATABASE_URL": "sqlite:////tmp/shop.db"}


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
        load(ShopSettings, GOOD | {"DATABASE_URL": "mysql://db"})


@pytest.mark.parametrize("value", ["0", "65536", "-1"])
def test_a_number_out_of_its_range_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="PORT has to be between 1 and 65535"):
        load(ShopSettings, GOOD | {"PORT": value})


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    place = tmp_path / "key"
    place.write_text("k" * 40 + "\n")
    assert load(ShopSettings, GOOD | {"KEY_FILE": str(place)}).key == "k" * 40


def test_a_missing_key_file_is_one_clear_sentence(tmp_path: Path) -> None:
    place = tmp_path / "nowhere"
    with pytest.raises(SettingsError) as raised:
        load(ShopSettings, GOOD | {"KEY_FILE": str(place)})
    assert raised.value.faults == (f"KEY cannot be read from the file {place} in KEY_FILE: No such file or directory",)


def test_a_key_file_that_is_not_text_shows_nothing_of_its_content(tmp_path: Path) -> None:
    place = tmp_path / "key"
    place.write_bytes(b"secret\xff")
    with pytest.raises(SettingsError) as raised:
        load(ShopSettings, GOOD | {"KEY_FILE": str(place)})
    assert raised.value.faults == (f"KEY cannot be read from the file {place} in KEY_FILE: it is not text",)


def test_a_value_given_twice_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "key"
    place.write_text("k" * 40)
    with pytest.raises(SettingsError, match="KEY is given twice"):
        load(ShopSettings, GOOD | {"KEY": "q" * 40, "KEY_FILE": str(place)})


def test_secrets_and_urls_with_passwords_never_show_in_repr() -> None:
    settings = load(ShopSettings, GOOD | {"DATABASE_URL": "postgresql+psycopg://u:hunter2@db/shop", "KEY": "s" * 40})
    assert "hunter2" not in repr(settings)
    assert "s" * 40 not in repr(settings)


@pytest.mark.parametrize("given", [{}, {"KEY": "only-for-one's-own-machine-01234567"}])
def test_production_refuses_development_defaults(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="KEY still has its development default"):
        load(ShopSettings, GOOD | {"ENVIRONMENT": "production"} | given)


@pytest.mark.parametrize("name", ["HOST", "OPS_HOST"])
@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7", "cairn.internal", "127.0.0.1.example.org"])  # noqa: S104
def test_an_address_that_other_machines_reach_refuses_development_defaults(name: str, address: str) -> None:
    with pytest.raises(SettingsError, match=f"KEY still has .* other machines can reach {name} {address}"):
        load(ShopSettings, GOOD | {name: address})
    assert load(ShopSettings, GOOD | {name: address, "KEY": "k" * 32}).key == "k" * 32


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_on_loopback_development_defaults_are_accepted(address: str) -> None:
    assert load(ShopSettings, GOOD | {"HOST": address, "OPS_HOST": address}).host == address


def test_the_environment_is_written_out() -> None:
    with pytest.raises(SettingsError) as raised:
        load(ShopSettings, {"DATABASE_URL": "sqlite:////tmp/shop.db"})
    assert raised.value.faults == ("ENVIRONMENT is required: write out one of development, production",)


def test_production_accepts_its_own_secret() -> None:
    assert load(ShopSettings, GOOD | {"ENVIRONMENT": "production", "KEY": "k" * 32}).key == "k" * 32


def test_settings_do_not_change_while_running() -> None:
    settings = load(ShopSettings, GOOD)
    with pytest.raises(FrozenInstanceError):
        settings.port = 9  # type: ignore[misc]


def test_without_a_mapping_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PORT", "99")
    assert load(ShopSettings).port == 99


SERVICE = {"ENVIRONMENT": "development", "DATABASE_URL": "sqlite:////tmp/x.db", "BROKER_URL": "embedded:////tmp/b.db"}


def test_a_service_in_production_needs_its_own_secrets() -> None:
    with pytest.raises(SettingsError) as raised:
        load(ServiceSettings, SERVICE | {"ENVIRONMENT": "production"})
    named = {fault.split()[0] for fault in raised.value.faults}
    assert named == {"TOKEN_PUBLIC_KEY", "EVENT_PUBLIC_KEYS", "LINK_SECRET"}


def test_an_invalid_public_key_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match="TOKEN_PUBLIC_KEY"):
        load(ServiceSettings, SERVICE | {"TOKEN_PUBLIC_KEY": "bm90IGEga2V5"})


def test_the_development_keys_are_a_pair() -> None:
    assert TokenVerifier(DEVELOPMENT_PUBLIC_KEY, service="matcher").verify(person_token("p1")).person_id == "p1"


@dataclass(frozen=True, kw_only=True)
class TillSettings(ShopSettings):
    till_key: str = secret(min_length=8, roles={"till"})
    coupons: str = rotating_secret(min_length=8, development="coupons-of-development")


OWN = {"KEY": "k" * 32, "COUPONS": "c" * 8}


def test_a_secret_is_needed_only_in_the_roles_that_use_it() -> None:
    assert load(TillSettings, GOOD | OWN, role="door").till_key == ""
    assert load(TillSettings, GOOD | OWN | {"TILL_KEY": "t" * 8}, role="door").till_key == "t" * 8
    for role in ("till", None):  # without a role every secret is needed
        with pytest.raises(SettingsError, match="TILL_KEY is required"):
            load(TillSettings, GOOD | OWN, role=role)


@pytest.mark.parametrize("value", ["n" * 8, "n" * 8 + "," + "o" * 8, f" {'n' * 8} , {'o' * 8},"])
def test_a_rotating_secret_has_one_value_or_several(value: str) -> None:
    assert each_of(load(TillSettings, GOOD | OWN | {"COUPONS": value}, role="door").coupons)[0] == "n" * 8


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("n" * 8 + ",short", "at least 8 characters, this has 5"),
        (",", "at least 8 characters, this has 0"),
        ("n" * 8 + ",coupons-of-development", "development default"),
    ],
)
def test_each_value_of_a_rotating_secret_is_checked(value: str, fault: str) -> None:
    production = GOOD | OWN | {"ENVIRONMENT": "production", "COUPONS": value}
    with pytest.raises(SettingsError, match=f"COUPONS .*{fault}"):
        load(TillSettings, production, role="door")
