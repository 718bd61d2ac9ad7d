"""Every sentence for people is kind, in all four languages."""

import re
from pathlib import Path

import pytest

from services.chassis.i18n.translations import Words
from services.events.vocabulary import codes
from tests.support.spoken import sentences

SERVICE = Path(__file__).parents[2] / "services" / "notifications"
UNKIND = {
    "en": r"diabetic|complian|\bcontrol|\bfail|\bshould\b|suffer|patient|A1C|HbA1c",
    "es": r"diabétic|cumplimiento|\bcontrol|fracas|debería|sufr|padec|paciente",
    "fr": r"diabétique|observance|contrôl|échec|échou|devri|souffr|patient",
    "ar": r"مريض|مرضى|فشل|يعاني|تعاني|معاناة",
}


@pytest.mark.parametrize("locale", codes("locale"))
def test_every_sentence_is_kind(locale: str) -> None:
    phrases = Words(SERVICE / "words").of(locale)
    translated = [phrases.gettext(sentence) for sentence in sentences(SERVICE)]
    assert len(translated) > 70
    assert [sentence for sentence in translated if re.search(UNKIND[locale], sentence, re.IGNORECASE)] == []
