"""Validate device models against the catalogue and their class of device."""

import difflib
from collections.abc import Iterator

from services.chassis.i18n.sentence import Sentence
from services.events.validation.fault import Fault
from services.events.vocabulary.device_models import device_models


def model_faults(field: str, model: str | None, device_class: str | None) -> Iterator[Fault]:
    """Yield a fault for an unknown model, or for one of another class of device than ``device_class``."""
    if model is None:
        return
    known = device_models().get(model)
    if known is None:
        near = difflib.get_close_matches(model.casefold(), device_models(), n=3, cutoff=0.4)
        fitting = [code for code, entry in device_models().items() if device_class in (None, entry.device_class)]
        yield Fault(
            field,
            "This model isn't in the catalogue; choose a listed one or leave the model out.",
            tuple(near or fitting[:3]),
        )
    elif device_class is not None and known.device_class != device_class:
        yield Fault(
            field,
            Sentence(
                "%(model)s belongs to %(right)s, not to %(given)s; change one of the two.",
                model=known.label,
                right=known.device_class,
                given=device_class,
            ),
            (known.device_class,),
        )
