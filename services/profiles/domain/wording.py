"""Format sentences for people: next steps, waiting time, signposts, and the reasons of a match.

The sentences are written in English and translated by ``words/<locale>.po`` into the language of ``translator``.
"""

from typing import Protocol

from babel import Locale

from services.events.fact_table import Coded, answers_of
from services.events.facts import MenteeFacts, MentorFacts
from services.events.matcher import Reason
from services.events.vocabulary import is_code, label, vocabularies
from services.events.vocabulary.device_models import device_models
from services.profiles.domain.waiting import WaitingRange

_AXES = {
    "device": "device_class",
    "age": "age_band",
    "age_at_diagnosis": "diagnosis_age_band",
    "availability": "weekday",
}


class Translator(Protocol):
    """Translates sentences into one language."""

    @property
    def locale(self) -> str:
        """Return the language as a tag."""

    def gettext(self, msgid: str, /, **values: object) -> str:
        """Return the sentence in this language, with its values."""

    def ngettext(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Return the form of the sentence for ``n`` things."""


def format_next_step(translator: Translator, role: str) -> str:
    """Return what happens after a sign-up, and what the person has to do."""
    if role == "mentor":
        return translator.gettext(
            "Thank you for offering your experience. Someone from the programme will read your application. "
            "Once it's approved, we'll email you when someone could use your company. You can say no each time."
        )
    return translator.gettext(
        "We're looking for a mentor who fits you. When someone says yes, we'll email you to tell you, and you decide. "
        "You don't need to do anything for now."
    )


def format_waiting(translator: Translator, waiting: WaitingRange) -> str:
    """Return how long a match may take and from how many matches this is known, or that too few are known."""
    if waiting.shortest is None or waiting.longest is None:
        return translator.gettext("We've matched too few people lately to say how long it takes.")
    return translator.ngettext(
        "For the last person, it took between %(shortest)s and %(longest)s.",
        "For 8 in 10 of the last %(n)s people, it took between %(shortest)s and %(longest)s.",
        waiting.matches,
        shortest=_span(translator, waiting.shortest),
        longest=_span(translator, waiting.longest),
    )


def _span(translator: Translator, hours: int) -> str:
    if hours == 0:
        return translator.gettext("less than an hour")
    if hours < 48:
        return translator.ngettext("%(n)s hour", "%(n)s hours", hours)
    days = round(hours / 24)
    return translator.ngettext("%(n)s day", "%(n)s days", days)


def format_signpost(translator: Translator, code: str) -> str:
    """Return the sentence of a signpost; KeyError for an unknown code."""
    sentences = {
        "emergency": translator.gettext(
            "If you're very unwell or in danger, don't wait for a mentor. Call your local emergency number now."
        ),
        "care_team": translator.gettext(
            "Mentors share experience, not medical advice. Ask your diabetes team about medicines, doses or results."
        ),
        "pregnancy_care": translator.gettext(
            "If you're pregnant or planning to be, tell your diabetes team and your midwife early. "
            "They have services for this."
        ),
        "student_networks": translator.gettext(
            "Many universities and national diabetes charities have networks for students and young adults."
        ),
        "device_team": translator.gettext(
            "For training, or if a device has a fault, ask the diabetes team that prescribed it "
            "or the maker's helpline."
        ),
        "getting_ready_online": translator.gettext(
            "New to talking online? A phone call is fine too. You choose how you'd like to talk."
        ),
        "communities": translator.gettext(
            "While you wait, national diabetes charities can point you to local groups "
            "and moderated online communities."
        ),
    }
    return sentences[code]


def format_peer_boundary(translator: Translator) -> str:
    """Return the role of a mentor who also works in health care: a peer, not a clinician."""
    return translator.gettext(
        "Your mentor also works in health care. Here they talk with you as a peer, from their own experience, and not "
        "as your doctor or nurse. For questions about treatment, ask your diabetes team."
    )


def has_label(reason: Reason) -> bool:
    """Return whether a reason's criterion has a label: a programme may have criteria of its own."""
    return is_code("matters", reason.criterion)


def format_reason(translator: Translator, reason: Reason) -> str:
    """Return one reason of a match as a sentence: what the two share, or how well they fit."""
    what = label("matters", reason.criterion, translator.locale)
    shared = translator.gettext(", ").join(_named(reason.criterion, code, translator.locale) for code in reason.codes)
    if shared:
        return translator.gettext("%(what)s: %(shared)s", what=what, shared=shared)
    fits = {
        "strong": translator.gettext("%(what)s: a strong fit", what=what),
        "good": translator.gettext("%(what)s: a good fit", what=what),
    }
    return fits.get(reason.band, translator.gettext("%(what)s: something in common", what=what))


def _named(criterion: str, code: str, locale: str) -> str:
    """Return the label of a shared code: a language name, a model name, or a label of its vocabulary."""
    if criterion == "language":
        names = Locale.parse(locale, sep="-").languages
        return str(names.get(code.replace("-", "_")) or names.get(code.split("-", maxsplit=1)[0]) or code)
    if code in device_models():
        return device_models()[code].label
    axis = _AXES.get(criterion) or _axis_by_name(criterion)
    if axis is not None and is_code(axis, code):
        return label(axis, code, locale)
    return code.replace("_", " ")


def _axis_by_name(name: str) -> str | None:
    """Return the vocabulary of a name: of the fact that is called so, or the vocabulary itself."""
    for fact in answers_of(MenteeFacts, MentorFacts):
        if fact.name == name and isinstance(fact.answer, Coded):
            return fact.answer.axis
    return name if name in vocabularies() else None
