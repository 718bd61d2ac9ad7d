"""Options of a view: who may call it, whether it takes an idempotency key, how often it may be called.

Decorators set them; the app factory reads them to refuse a route without a policy, and the OpenAPI document to list
answers. They are stored in ``_apidoc``, which flask-smorest passes on through all its own decorators.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])
OPTIONS_KEY = "view_options"


def set_options(view: View, **options: Any) -> View:
    """Set options of a view and return it."""
    doc: dict[str, Any] = deepcopy(getattr(view, "_apidoc", {}))
    doc.setdefault(OPTIONS_KEY, {}).update(options)
    view._apidoc = doc  # type: ignore[attr-defined]
    return view


def options_of(view: Any, method: str) -> Mapping[str, Any]:
    """Return the options of a view function, or of the method of a class-based view."""
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        name = "get" if method == "HEAD" and not hasattr(view_class, "head") else method.lower()
        view = getattr(view_class, name, None)
    return options_in(getattr(view, "_apidoc", {}))


def options_in(doc: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the options in the documentation record of one operation."""
    options: Mapping[str, Any] = doc.get(OPTIONS_KEY, {})
    return options
