"""Criteria by name: ``criteria/each/<name>.py`` implements ``weights/criteria/<name>.json``."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import NamedTuple

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import EncodedCriterion
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.weights import criterion_names

_PACKAGE = __name__.rpartition(".")[0] + ".each."


class Criterion(NamedTuple):
    """The two functions of a criterion's module."""

    name: str
    code: Callable[[Pool], EncodedCriterion]
    shared: Callable[[Mentee, Mentor, Pool], tuple[str, ...]]


@cache
def criteria() -> Mapping[str, Criterion]:
    """Return every criterion by name, in display order."""
    by_name = {}
    for name in criterion_names():
        module = import_module(_PACKAGE + name)
        by_name[name] = Criterion(name, module.code, module.shared)
    return MappingProxyType(by_name)
