"""Validate device models against the catalogue and their class of device."""

import difflib
from collections.abc import Iterator
from functools import partial

from services.chassis.i18n.sentence import Hint
from services.events.validation.fault import Fault
from services.events.vocabulary.device_models import device_models


def model_faults(field: str, model: str | None, device_class: str | None) -> Iterator[Fault]:
    """Yield a fault for an unknown model, or for one of another class of device than ``device_class``."""
    if model is None:
        return
    known = device_models().get(model)
    if known is None:
        what = Hint(
            "This model isn't in the catalogue; choose a listed one or leave the model out.",
            partial(_near_models, model, device_class),
        )
        yield Fault(field, what)
    elif device_class is not None and known.device_class != device_class:
        right = known.device_class
        what = Hint(
            "%(model)s belongs to %(right)s, not to %(given)s; change one of the two.",
            lambda: (right,),
            model=known.label,
            right=right,
            given=device_class,
        )
        yield Fault(field, what)


def _near_models(model: str, device_class: str | None) -> tuple[str, ...]:
    near = difflib.get_close_matches(model.casefold(), device_models(), n=3, cutoff=0.4)
    fitting = [code for code, entry in device_models().items() if device_class in (None, entry.device_class)]
    return tuple(near or fitting[:3])
