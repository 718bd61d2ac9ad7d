"""Reasons are in the reader's language."""

from __future__ import annotations

import pytest

from services.chassis.i18n.translations import Words
from services.matcher.bootstrap import WORDS
from services.matcher.domain.explain import Part
from services.matcher.use_cases.wording.match_reasons import format_reasons


@pytest.mark.parametrize(("locale", "language"), [("en", "Spanish"), ("es", "español"), ("fr", "espagnol")])
def test_reasons_are_formatted_in_the_readers_language(locale: str, language: str) -> None:
    parts = [
        Part(criterion="language", score=90, weight=1, band="strong", codes=("es",)),
        Part(criterion="device", score=60, weight=1, band="good", codes=("cgm_rt", "not-a-code")),
        Part(criterion="age", score=0, weight=1, band=""),
    ]
    said = format_reasons(parts, Words(WORDS).of(locale))
    assert [one.criterion for one in said] == ["language", "device"], "what has no band is not said"
    assert said[0].shared == (language,)
    assert len(said[1].shared) == 1


def test_a_language_without_a_name_is_shown_as_its_tag() -> None:
    said = format_reasons(
        [Part(criterion="language", score=90, weight=1, band="some", codes=("qaa",))], Words(WORDS).of("ar")
    )
    assert said[0].shared == ("qaa",)
