"""Validate a mentee's musts: each has a value that exists, and none rules out another."""

from collections.abc import Iterator
from functools import partial

import langcodes

from services.chassis.i18n.language_tags import standard_tag
from services.chassis.i18n.sentence import Hint, Sentence
from services.events.facts import ANY_RELATION, MenteeFacts, Must
from services.events.validation.devices import model_faults
from services.events.validation.fault import Fault
from services.events.vocabulary import codes, nearest, vocabularies
from services.events.vocabulary.device_models import device_models

_ANY_RELATION_MUST = Must(criterion="relation", value=ANY_RELATION)


def standard_must(criterion: str, value: str) -> Must:
    """Return a must; a language gets the standard spelling of its tag, as in ``Spoken``."""
    tag = standard_tag(value) if criterion == "language" else None
    return Must(criterion=criterion, value=tag or value)


def must_faults(facts: MenteeFacts) -> Iterator[Fault]:
    """Yield musts that have an unknown value, repeat, or contradict other musts or facts."""
    for index, must in enumerate(facts.musts):
        field = f"musts.{index}.value"
        value_faults = list(_value_faults(f"musts.{index}", must))
        yield from value_faults
        if not value_faults:
            yield from _must_conflicts(field, must, facts.musts[:index])
            yield from _fact_conflicts(field, must, facts)


def _value_faults(field: str, must: Must) -> Iterator[Fault]:
    if must.criterion not in codes("must"):
        what = Hint(
            "This can't be a condition; choose one of these.",
            partial(nearest, "must", must.criterion),
        )
        yield Fault(f"{field}.criterion", what)
    elif must.criterion in vocabularies() and must != _ANY_RELATION_MUST:
        if must.value not in codes(must.criterion):
            what = Hint(
                "This isn't one of the codes for %(axis)s; choose one of these.",
                partial(nearest, must.criterion, must.value),
                axis=must.criterion,
            )
            yield Fault(f"{field}.value", what)
    elif must.criterion == "device_model":
        yield from model_faults(f"{field}.value", must.value, None)
    elif must.criterion == "language" and standard_tag(must.value) is None:
        yield Fault(f"{field}.value", "Give a language as a BCP 47 tag such as en, es-MX or zh-Hant.")


def _must_conflicts(field: str, must: Must, earlier: tuple[Must, ...]) -> Iterator[Fault]:
    for other in earlier:
        if must == other:
            yield Fault(field, "This condition is there already; leave one of the two out.")
        elif must.criterion == other.criterion == "relation" and ANY_RELATION in (must.value, other.value):
            what = Sentence("`%(any)s` is open to every relation already; keep one of the two.", any=ANY_RELATION)
            yield Fault(field, what)
        elif {must.criterion, other.criterion} == {"device_class", "device_model"}:
            model_must, class_must = (must, other) if must.criterion == "device_model" else (other, must)
            model = device_models().get(model_must.value)
            if model is not None and model.device_class != class_must.value:
                yield Fault(field, _other_class(model.label, class_must.value))


def _fact_conflicts(field: str, must: Must, facts: MenteeFacts) -> Iterator[Fault]:
    if must.criterion == "format" and facts.formats and must.value not in facts.formats:
        yield _unlisted(field, "formats", must.value)
    if must.criterion == "language":
        spoken = {langcodes.get(language.tag).language for language in facts.languages}
        if langcodes.get(must.value).language not in spoken:
            yield _unlisted(field, "languages", must.value)


def _unlisted(field: str, listed: str, value: str) -> Fault:
    what = Sentence("`%(list)s` doesn't list %(value)s; add it there or drop this condition.", list=listed, value=value)
    return Fault(field, what)


def _other_class(model: str, device_class: str) -> Sentence:
    return Sentence(
        "%(model)s isn't a %(device_class)s; keep one of the two conditions.", model=model, device_class=device_class
    )
