"""Every vocabulary, in the asked language."""

import pytest

from services.events.vocabulary import codes
from tests.profiles.app_harness import Stage


def test_every_code_has_a_label(stage: Stage) -> None:
    answer = stage.ask("GET", "/profiles/v1/catalogue?locale=fr-CA")
    shown = answer.json or {}
    assert (shown["locale"], shown["direction"]) == ("fr", "ltr")
    assert [entry["code"] for entry in shown["vocabularies"]["diabetes_type"]] == list(codes("diabetes_type"))
    assert all(entry["label"] for entries in shown["vocabularies"].values() for entry in entries)
    assert {"code": "dexcom_g7", "label": "Dexcom G7", "device_class": "cgm_rt"} in shown["device_models"]
    assert answer.headers["Content-Language"] == "fr"


@pytest.mark.parametrize(("asked", "locale"), [("ar", "ar"), ("tlh", "en"), ("fr;q=0.5, es", "es"), (None, "en")])
def test_the_language_follows_the_browser(stage: Stage, asked: str | None, locale: str) -> None:
    answer = stage.ask("GET", "/profiles/v1/catalogue", headers={"Accept-Language": asked} if asked else {})
    assert (answer.json or {})["locale"] == locale


def test_an_unchanged_catalogue_answers_304(stage: Stage) -> None:
    first = stage.ask("GET", "/profiles/v1/catalogue?locale=es")
    again = stage.ask("GET", "/profiles/v1/catalogue?locale=es", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = stage.ask("GET", "/profiles/v1/catalogue?locale=ar", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_a_tag_that_is_too_long_is_refused(stage: Stage) -> None:
    assert stage.ask("GET", f"/profiles/v1/catalogue?locale={'a' * 40}").status_code == 422
