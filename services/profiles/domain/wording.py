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
            "Thank you for offering your experience. Somebody from the programme reads your application. "
            "Once you are welcomed in, we ask you by e-mail whenever somebody could use your company; "
            "each time you are free to say no."
        )
    return translator.gettext(
        "We are looking for a mentor who fits you. As soon as one says yes, you get an e-mail with a few words "
        "about them, and you decide. Until then there is nothing you need to do."
    )


def format_waiting(translator: Translator, waiting: WaitingRange) -> str:
    """Return how long a match may take and from how many matches this is known, or that too few are known."""
    if waiting.shortest is None or waiting.longest is None:
        return translator.gettext("Too few people were matched lately to say honestly how long it takes.")
    return translator.ngettext(
        "It took between %(shortest)s and %(longest)s for the last person.",
        "For eight in ten of the last %(n)s people it took between %(shortest)s and %(longest)s.",
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
            "If you are very unwell or in danger, do not wait for a mentor: call your local emergency number now."
        ),
        "care_team": translator.gettext(
            "Mentors share experience, not medical advice. Questions about medicines, doses or results are for "
            "your diabetes team."
        ),
        "pregnancy_care": translator.gettext(
            "Around a pregnancy, tell your diabetes team and your midwife early: they have services made for it."
        ),
        "student_networks": translator.gettext(
            "Many universities and national diabetes charities have networks for young adults and students."
        ),
        "device_team": translator.gettext(
            "For training and for faults of a device, ask the diabetes team that prescribed it or its maker's helpline."
        ),
        "getting_ready_online": translator.gettext(
            "New to talking online? A phone call is fine too; you choose the way, and your mentor adapts to it."
        ),
        "communities": translator.gettext(
            "While you wait: national diabetes charities list local groups and moderated online communities."
        ),
    }
    return sentences[code]


def format_peer_boundary(translator: Translator) -> str:
    """Return the role of a mentor who also works in health care: a peer, not a clinician."""
    return translator.gettext(
        "Your mentor also works in health care. Here they speak as a peer, from their own experience, and not as your "
        "clinician: questions about treatment are for your diabetes team."
    )


def has_label(reason: Reason) -> bool:
    """Return whether a reason's criterion has a label: a programme may have criteria of its own."""
    return is_code("matters", reason.criterion)


def format_reason(translator: Translator, reason: Reason) -> str:
    """Return one reason of a match as a sentence: what the two share, or how well they fit."""
    what = label("matters", reason.criterion, translator.locale)
    shared = ", ".join(_named(reason.criterion, code, translator.locale) for code in reason.codes)
    if shared:
        return translator.gettext("%(what)s: %(shared)s", what=what, shared=shared)
    fits = {
        "strong": translator.gettext("%(what)s: fits very well", what=what),
        "good": translator.gettext("%(what)s: fits well", what=what),
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
