"""A mentee's conditions: each with a value that exists, and none that rules out another."""

from collections.abc import Iterator

import langcodes

from services.events.facts import MenteeFacts, Must
from services.events.vocabulary import codes, nearest
from services.profiles.domain.device_models import device_models, model_faults
from services.profiles.domain.faults import Fault

_ONE_VALUE = {"gender", "diabetes_type", "relation"}
_AXES = {"gender", "device_class", "diabetes_type", "relation", "format", "life_stage"}


def must_faults(facts: MenteeFacts) -> Iterator[Fault]:
    """Say which conditions have an unknown value, repeat, or can never hold together with the rest."""
    for index, must in enumerate(facts.musts):
        field = f"musts.{index}.value"
        value_faults = list(_value_faults(field, must))
        yield from value_faults
        if not value_faults:
            yield from _clashes(field, must, facts.musts[:index])
            yield from _against_the_rest(field, must, facts)


def _value_faults(field: str, must: Must) -> Iterator[Fault]:
    if must.criterion in _AXES and must.value not in codes(must.criterion):
        yield Fault(field, f"This is not one of the codes for {must.criterion}.", nearest(must.criterion, must.value))
    elif must.criterion == "device_model":
        yield from model_faults(field, must.value, None)
    elif must.criterion == "language" and not langcodes.tag_is_valid(must.value):
        yield Fault(field, "Give a language as a BCP 47 tag such as en, es-MX or zh-Hant.")


def _clashes(field: str, must: Must, earlier: tuple[Must, ...]) -> Iterator[Fault]:
    for other in earlier:
        if must == other:
            yield Fault(field, "This condition is there already; leave one of the two out.")
        elif must.criterion == other.criterion and must.criterion in _ONE_VALUE:
            yield Fault(
                field,
                f"Nobody can be both {other.value} and {must.value}; keep one condition, or use matters_most instead.",
            )
        elif {must.criterion, other.criterion} == {"device_class", "device_model"}:
            model, kind = (must, other) if must.criterion == "device_model" else (other, must)
            known = device_models().get(model.value)
            if known is not None and known.device_class != kind.value:
                yield Fault(field, f"{known.label} is not a {kind.value}; keep one of the two conditions.")


def _against_the_rest(field: str, must: Must, facts: MenteeFacts) -> Iterator[Fault]:
    if must.criterion == "format" and facts.formats and must.value not in facts.formats:
        yield Fault(field, f"`formats` does not list {must.value}; add it there or drop this condition.")
    if must.criterion == "language":
        spoken = {langcodes.get(language.tag).language for language in facts.languages}
        if langcodes.get(must.value).language not in spoken:
            yield Fault(field, f"`languages` does not list {must.value}; add it there or drop this condition.")
