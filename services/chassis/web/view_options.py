"""Facts about a view: who may call it, whether it takes an idempotency key, how often it may be called.

Decorators note facts on a view; the app factory reads them to refuse a route without a policy, the API description
reads them to document answers. They live in `_apidoc`, which flask-smorest carries through all its own decorators.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])
_KEY = "facts"


def note(view: View, **facts: Any) -> View:
    """Record facts on a view and return it."""
    doc: dict[str, Any] = deepcopy(getattr(view, "_apidoc", {}))
    doc.setdefault(_KEY, {}).update(facts)
    view._apidoc = doc  # type: ignore[attr-defined]
    return view


def facts_of(view: Any, method: str) -> Mapping[str, Any]:
    """Return what was noted on a view function, or on the method of a class-based view."""
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        name = "get" if method == "HEAD" and not hasattr(view_class, "head") else method.lower()
        view = getattr(view_class, name, None)
    return facts_in(getattr(view, "_apidoc", {}))


def facts_in(doc: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the facts within the documentation record of one operation."""
    found: Mapping[str, Any] = doc.get(_KEY, {})
    return found
