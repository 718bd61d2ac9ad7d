"""Criteria by name: ``criteria/each/<name>.py`` implements ``weights/criteria/<name>.json``."""

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import EncodedCriterion
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.weights import criterion_names

_PACKAGE = __name__.rpartition(".")[0] + ".each."


class Criterion(NamedTuple):
    """The functions of a criterion's module.

    ``shared_by`` (``SHARED_BY`` in the module) are the cached answers of both sides that decide what is shared, where
    few distinct ones occur: then ``shared`` is called once for all pairs with the same two answers.
    """

    name: str
    code: Callable[[Pool], EncodedCriterion]
    shared: Callable[[Mentee, Mentor, Pool], tuple[str, ...]]
    shared_by: tuple[Callable[[Any, date], Hashable], Callable[[Any, date], Hashable]] | None = None


@cache
def criteria() -> Mapping[str, Criterion]:
    """Return every criterion by name, in display order."""
    by_name = {}
    for name in criterion_names():
        module = import_module(_PACKAGE + name)
        by_name[name] = Criterion(name, module.code, module.shared, getattr(module, "SHARED_BY", None))
    return MappingProxyType(by_name)
