"""Moments are written in the order, words and clock of the reader's language, and say whose clock is meant."""

from datetime import UTC, datetime

import pytest

from services.chassis.i18n.moments import format_moment

EVENING = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en", "Friday 27 November, 19:00 (Madrid)"),
        ("es", "viernes 27 de noviembre, 19:00 (Madrid)"),
        ("es-MX", "viernes 27 de noviembre, 7:00\u202fp.m. (Madrid)"),
        ("fr", "vendredi 27 novembre, 19:00 (Madrid)"),
        ("ar", "الجمعة 27 نوفمبر، 7:00 م (مدريد)"),
    ],
)
def test_each_language_has_its_own_order_words_and_clock(locale: str, written: str) -> None:
    assert format_moment(EVENING, "Europe/Madrid", locale) == written


@pytest.mark.parametrize(
    ("time_zone", "place"),
    [
        ("UTC", "18:00 (UTC)"),
        ("America/Mexico_City", "12:00 (Mexico City)"),
        ("America/Argentina/Buenos_Aires", "15:00 (Buenos Aires)"),
        ("Etc/GMT+5", "13:00 (GMT-05:00)"),
        ("Nowhere/At_all", "18:00 (UTC)"),
        ("../../etc/passwd", "18:00 (UTC)"),
        ("", "18:00 (UTC)"),
    ],
)
def test_the_place_says_whose_clock_it_is(time_zone: str, place: str) -> None:
    assert format_moment(EVENING, time_zone, "en") == f"Friday 27 November, {place}"


def test_no_moment_is_an_empty_text() -> None:
    assert format_moment(None, "UTC", "en") == ""
