"""The golden list of every route of the three services, read from the URL maps of their web apps.

A changed line in a review is a changed door: a path that moved, a method that was added, a policy that became wider.
"""

import importlib
from collections.abc import Iterator, Mapping

from flask import Flask

from deploy.local.layout import SERVICES
from services.chassis.observability.logs import configure
from services.chassis.web.view_options import options_of

_HEAD = """# Every route

This page is made from the URL maps by `make docs`; do not edit it. `who` is the policy that a route states with
`@allow`; HEAD (beside every GET) and OPTIONS are left out. What each route takes and answers: [api](api/).
"""


def routes_page() -> str:
    """Return the whole of docs/routes.md."""
    return _HEAD + "".join(_table(service, rows) for service, rows in routes().items())


def routes() -> Mapping[str, list[tuple[str, str, str, str]]]:
    """Return service -> its routes as (rule, method, who, endpoint), sorted."""
    return {service: sorted(_rows(_app(service))) for service in SERVICES}


def _app(service: str) -> Flask:
    configure("ERROR", service, "docs")
    definition = importlib.import_module(f"services.{service}.bootstrap").SERVICE
    app: Flask = definition.web_app(definition.unconnected_parts())
    return app


def _rows(app: Flask) -> Iterator[tuple[str, str, str, str]]:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            who = options_of(app.view_functions[rule.endpoint], method).get("allow", ())
            yield rule.rule, method, ", ".join(who), rule.endpoint


def _table(service: str, rows: list[tuple[str, str, str, str]]) -> str:
    lines = [f"| {method} | `{rule}` | {who} | `{endpoint}` |\n" for rule, method, who, endpoint in rows]
    return f"\n## {service}\n\n| method | rule | who | endpoint |\n|---|---|---|---|\n" + "".join(lines)
