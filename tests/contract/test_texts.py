"""Every text that people read is plain English below grade 6, or correct Spanish, French or Arabic."""

import re
from pathlib import Path

import pytest

from services.events.vocabulary import codes, label, locales
from services.notifications.domain import kinds
from services.notifications.domain.kinds import Kind
from tests.notifications.adapters.test_letters import letter
from tests.support.reading import faults, reading_grade, translations, values
from tests.support.spoken import sentences

SERVICES = Path(__file__).parents[2] / "services"
SPEAKING = {
    SERVICES / "profiles": SERVICES / "profiles/words",
    SERVICES / "matcher": SERVICES / "matcher/words",
    SERVICES / "notifications": SERVICES / "notifications/words",
    SERVICES / "chassis": SERVICES / "chassis/i18n/words",
    SERVICES / "events": SERVICES / "events/validation/words",
}
"""The folders with sentences that people read, each with the folder of its translations."""
SIGNING_IN = {
    "This link does not open anything any more. Please ask for a new one.",
    "This token is not valid any more. Please sign in again.",
    "Your token is fine, but it does not open this.",
}
"""Sentences that are written anew together with sign-in."""
OTHERS = [locale for locale in locales() if locale != "en"]
MEANINGS_SHARED = {"%(what)s: %(shared)s", ", "}  # nothing but values and punctuation
PLAIN = 4.5
DEVELOPMENT = {"mailbox.html", "mail.html", "docs.html"}  # for developers only, in English
NAMES = {"Cairn", "profiles", "matcher", "notifications"}


def own_words(template: str) -> list[str]:
    """Return the words of a template outside tags and template code, which no catalogue can translate."""
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|<[^>]*>", " ", template, flags=re.DOTALL)
    return [word for word in re.findall(r"[^\W\d_]+", text) if word not in NAMES]


@pytest.mark.parametrize("service", SPEAKING, ids=lambda path: path.name)
def test_english_sentences_are_plain(service: Path) -> None:
    wrong = {text: found for text in sentences(service) - SIGNING_IN if (found := faults(text, "en"))}
    assert wrong == {}


@pytest.mark.parametrize("locale", OTHERS)
@pytest.mark.parametrize("service", SPEAKING, ids=lambda path: path.name)
def test_translations_follow_the_rules_of_their_language(service: Path, locale: str) -> None:
    known = list(translations(SPEAKING[service], locale))
    assert len(known) > 20
    assert {form: found for _, form in known if (found := faults(form, locale))} == {}
    assert [text for text, form in known if text == form and text not in MEANINGS_SHARED] == []
    singular = ("n",)  # a form for one or two things may spell the number
    assert [form for text, form in known if values(text).symmetric_difference(values(form)) - set(singular)] == []


@pytest.mark.parametrize("locale", locales())
@pytest.mark.parametrize("kind", kinds.ALL, ids=lambda kind: kind.name)
def test_every_letter_follows_the_rules_of_its_language(kind: Kind, locale: str) -> None:
    written = letter(kind, locale)
    assert faults(written.subject, locale) == []
    assert faults(written.text, locale) == []


@pytest.mark.parametrize("kind", kinds.ALL, ids=lambda kind: kind.name)
def test_every_english_letter_reads_well_below_grade_six(kind: Kind) -> None:
    text, _, _ = letter(kind).text.partition("\n--\n")
    lines = [line for line in text.splitlines() if not line.startswith(("http", "Hello", "Warm wishes"))]
    assert reading_grade("\n".join(lines)) <= PLAIN


def test_no_template_has_words_of_its_own() -> None:
    templates = [path for service in SPEAKING for path in (*service.rglob("*.html"), *service.rglob("*.jinja"))]
    pages = [path for path in templates if path.name not in DEVELOPMENT]
    assert len(pages) > 25
    assert {path.name: words for path in pages if (words := own_words(path.read_text(encoding="utf-8")))} == {}
    assert own_words("<p>{{ _('Hello') }} and goodbye</p>") == ["and", "goodbye"]


@pytest.mark.parametrize("locale", locales())
def test_every_label_follows_the_rules_of_its_language(locale: str) -> None:
    axes = (
        "situation",
        "goal",
        "request_shape",
        "format",
        "style",
        "consent",
        "decline_reason",
        "end_cause",
        "matters",
    )
    labels = [label(axis, code, locale) for axis in axes for code in codes(axis)]
    assert {text: found for text in labels if (found := faults(text, locale))} == {}


@pytest.mark.parametrize(
    ("locale", "planted", "rule"),
    [
        ("en", "Somebody will write to you.", "stiff"),
        ("en", "Whoever reads this can answer.", "stiff"),
        ("en", "Answer until Tuesday.", "deadline"),
        ("en", "Answer until %(until)s.", "deadline"),
        ("en", "You do not need a reason.", "uncontracted"),
        ("es", "Querido(a) mentor", "gendered"),
        ("es", "Bienvenido al programa.", "gendered"),
        ("es", "Ambos dijeron que sí.", "gendered"),
        ("es", "Abre tu página.", "informal"),
        ("es", "Quiere seguir?", "opening"),
        ("fr", "Vous êtes inscrit(e).", "gendered"),
        ("fr", "Vous êtes inscrit·e.", "gendered"),
        ("fr", "Ouvrez ta page.", "informal"),
        ("fr", "Voulez-vous continuer ?", "spaces"),
        ("fr", "Voulez-vous continuer?", "spaces"),
        ("fr", "La suite : un courriel.", "spaces"),
        ("fr", "C'est oui.", "apostrophe"),
        ("ar", "هل تودّ المتابعة?", "punctuation"),
        ("ar", "نعم, بكل سرور", "punctuation"),
        ("ar", "اذا أردت ذلك", "hamza"),
        ("ar", "افتح صفحة programme", "english"),
        ("ar", "مرشد/ة", "gendered"),
    ],
)
def test_a_planted_fault_is_found(locale: str, planted: str, rule: str) -> None:
    assert rule in {found.partition(":")[0] for found in faults(planted, locale)}


def test_a_stiff_paragraph_has_a_higher_grade_than_a_plain_one() -> None:
    stiff = (
        "Participation necessitates confirmation of eligibility prior to commencement of the accompanying "
        "relationship, notwithstanding any previously communicated unavailability."
    )
    assert reading_grade("We look every day. You keep your place.") < 3 < PLAIN < 15 < reading_grade(stiff)
