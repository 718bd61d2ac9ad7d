"""Format the reasons for a pair in a reader's language: bands and shared codes, never a number."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from babel import Locale

from services.chassis.i18n.translations import Phrases
from services.matcher.domain.weights import code_label, criterion_label, criterion_names


class Reasoned(Protocol):
    """A criterion with its band and the shared codes behind it."""

    @property
    def criterion(self) -> str:
        """The criterion's name."""
        ...

    @property
    def band(self) -> str:
        """How well it fits: strong, good, some, or "" for no band."""
        ...

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that the two share."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FormattedReason:
    """A reason in words: what it is about, how well it fits, what the two people share."""

    criterion: str
    label: str
    band: str
    band_label: str
    shared: tuple[str, ...]


def format_reasons(reasons: Iterable[Reasoned], phrases: Phrases) -> tuple[FormattedReason, ...]:
    """Format the reasons that have a band, in the given order."""
    return tuple(
        FormattedReason(
            criterion=reason.criterion,
            label=format_criterion(reason.criterion, phrases),
            band=reason.band,
            band_label=band_label(reason.band, phrases),
            shared=tuple(names_of(reason.criterion, reason.codes, phrases.locale)),
        )
        for reason in reasons
        if reason.band
    )


def format_criterion(name: str, phrases: Phrases) -> str:
    """Return a criterion's label; its name where it no longer exists."""
    return criterion_label(name, phrases.locale) if name in criterion_names() else name


def band_label(band: str, phrases: Phrases) -> str:
    """Return the label of a band."""
    match band:
        case "strong":
            return phrases.gettext("a strong fit")
        case "good":
            return phrases.gettext("a good fit")
        case _:
            return phrases.gettext("something in common")


def names_of(criterion: str, codes: tuple[str, ...], locale: str) -> Iterable[str]:
    """Return the names of a criterion's codes; codes without a name are left out."""
    if criterion == "language":
        return (_language(tag, locale) for tag in codes)
    if criterion not in criterion_names():
        return ()
    named = (code_label(criterion, code, locale) for code in codes)
    return (words for words in named if words)


def _language(tag: str, locale: str) -> str:
    """Return a language's name in ``locale``; its tag where there is no name."""
    names = Locale.parse(locale, sep="-").languages
    return str(names.get(tag.replace("-", "_")) or names.get(tag.split("-", maxsplit=1)[0]) or tag)
