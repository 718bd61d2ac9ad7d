"""What people are told, in their own words: next steps, waiting, signposts, and why two people were brought together.

The sentences are written in English and translated by ``words/<locale>.po``; ``say`` is the language of the reader.
"""

from typing import Protocol

from babel import Locale

from services.events.matcher import Reason
from services.events.vocabulary import codes, is_code, label
from services.events.vocabulary.device_models import device_models
from services.profiles.domain.waiting import Waiting

_AXES = {
    "goals": ("goal",),
    "topics": ("topic",),
    "device": ("device_class",),
    "age": ("age_band",),
    "age_at_diagnosis": ("diagnosis_age_band",),
    "availability": ("weekday",),
}


class Say(Protocol):
    """Sentences in one language."""

    @property
    def locale(self) -> str:
        """The language, as a tag."""

    def gettext(self, msgid: str, /, **values: object) -> str:
        """Return the sentence in this language, with its values."""

    def ngettext(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Return the form of the sentence for `n` things."""


def next_words(say: Say, role: str) -> str:
    """Return what happens after a sign-up, and what there is to do."""
    if role == "mentor":
        return say.gettext(
            "Thank you for offering your experience. Somebody from the programme reads your application. "
            "Once you are welcomed in, we ask you by e-mail whenever somebody could use your company; "
            "each time you are free to say no."
        )
    return say.gettext(
        "We are looking for a mentor who fits you. As soon as one says yes, you get an e-mail with a few words "
        "about them, and you decide. Until then there is nothing you need to do."
    )


def waiting_words(say: Say, waiting: Waiting) -> str:
    """Return how long it may take, with the number this rests on; or that nobody can say yet."""
    if waiting.shortest is None or waiting.longest is None:
        return say.gettext("Too few people were matched lately to say honestly how long it takes.")
    return say.ngettext(
        "It took between %(shortest)s and %(longest)s for the last person.",
        "For eight in ten of the last %(n)s people it took between %(shortest)s and %(longest)s.",
        waiting.matches,
        shortest=_span(say, waiting.shortest),
        longest=_span(say, waiting.longest),
    )


def _span(say: Say, hours: int) -> str:
    if hours == 0:
        return say.gettext("less than an hour")
    if hours < 48:
        return say.ngettext("%(n)s hour", "%(n)s hours", hours)
    days = round(hours / 24)
    return say.ngettext("%(n)s day", "%(n)s days", days)


def signpost_words(say: Say, code: str) -> str:
    """Return the sentence of a signpost; KeyError for an unknown code."""
    sentences = {
        "emergency": say.gettext(
            "If you are very unwell or in danger, do not wait for a mentor: call your local emergency number now."
        ),
        "care_team": say.gettext(
            "Mentors share experience, not medical advice. Questions about medicines, doses or results are for "
            "your diabetes team."
        ),
        "pregnancy_care": say.gettext(
            "Around a pregnancy, tell your diabetes team and your midwife early: they have services made for it."
        ),
        "student_networks": say.gettext(
            "Many universities and national diabetes charities have networks for young adults and students."
        ),
        "device_team": say.gettext(
            "For training and for faults of a device, ask the diabetes team that prescribed it or its maker's helpline."
        ),
        "getting_ready_online": say.gettext(
            "New to talking online? A phone call is fine too; you choose the way, and your mentor adapts to it."
        ),
        "communities": say.gettext(
            "While you wait: national diabetes charities list local groups and moderated online communities."
        ),
    }
    return sentences[code]


def peer_words(say: Say) -> str:
    """Return what a mentor who also works in health care is here, and is not."""
    return say.gettext(
        "Your mentor also works in health care. Here they speak as a peer, from their own experience, and not as your "
        "clinician: questions about treatment are for your diabetes team."
    )


def has_words(reason: Reason) -> bool:
    """Whether there are words for what a reason is about: a programme may have criteria of its own."""
    return is_code("matters", reason.criterion)


def reason_words(say: Say, reason: Reason) -> str:
    """Return one reason why two people were brought together: what they share, or how well it fits."""
    what = label("matters", reason.criterion, say.locale)
    shared = ", ".join(_named(reason.criterion, code, say.locale) for code in reason.codes)
    if shared:
        return say.gettext("%(what)s: %(shared)s", what=what, shared=shared)
    fits = {
        "strong": say.gettext("%(what)s: fits very well", what=what),
        "good": say.gettext("%(what)s: fits well", what=what),
    }
    return fits.get(reason.band, say.gettext("%(what)s: something in common", what=what))


def _named(criterion: str, code: str, locale: str) -> str:
    """Return the words for a shared code: a language by its name, a model by its maker's, else by its vocabulary."""
    if criterion == "language":
        names = Locale.parse(locale, sep="-").languages
        return str(names.get(code.replace("-", "_")) or names.get(code.split("-", maxsplit=1)[0]) or code)
    if code in device_models():
        return device_models()[code].label
    for axis in _AXES.get(criterion, (criterion,)):
        if code in codes(axis):
            return label(axis, code, locale)
    return code.replace("_", " ")
