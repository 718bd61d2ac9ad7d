"""Measure what a request body of nonsense costs: every route that takes a body, with every nasty body.

    python -m bench.nasty_bodies --out bench/results/nasty_bodies.json

The routes come from the OpenAPI documents of the three services, the bodies from the schema of each route: thousands of
unknown fields, of unknown codes, of entries, of cells, long texts, deep and wide nesting, texts that cannot be stored.
Each body has at most ``SIZE`` bytes. Printed are the costliest bodies of each route: processor milliseconds (median of
the runs) and bytes of the answer. Limits of the rate are out of reach. The goal: 50 ms and 16 KB for every body.
"""

import argparse
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from bench.no_limits import NO_LIMITS
from services.chassis.identity.access_tokens import TokenIssuer
from services.chassis.identity.principal import Principal
from services.chassis.observability.logs import configure
from services.chassis.service.service import Service
from services.chassis.service.service_settings import DEVELOPMENT_PRIVATE_KEY
from services.chassis.service.settings import load
from services.chassis.storage.migrations import migrate
from services.events.permissions import PERMISSIONS, SERVICES

SIZE = 58_000
GOAL_MS, GOAL_BYTES = 50.0, 16_384
ENDLESS = 10**6
Schema = Mapping[str, Any]
Row = dict[str, Any]


class Bodies:
    """The nasty bodies of an operation, from the schema of its request body."""

    def __init__(self, components: Mapping[str, Schema], schema: Schema, size: int = SIZE) -> None:
        self._components = components
        self._size = size
        self._schema = self._resolved(schema)

    def all(self) -> Iterator[tuple[str, bytes]]:
        """Yield the name and the bytes of each body."""
        yield from _without_schema(self._size)
        yield "unknown fields", self._body(_unknown_fields)
        properties = self._schema.get("properties", {})
        for name, schema in properties.items():
            yield from self._in_field(name, self._resolved(schema))
        yield (
            "every field with long lists",
            self._filled({name: self._nonsense(schema, 40) for name, schema in properties.items()}),
        )
        yield "unknown fields inside", self._filled({name: _unknown_fields(400) for name in properties})

    def _in_field(self, name: str, schema: Schema) -> Iterator[tuple[str, bytes]]:
        yield f"{name}: codes", self._body(lambda n: {name: [f"x{i}y" for i in range(n)]})
        yield f"{name}: one code again", self._body(lambda n: {name: ["emotionale"] * n})
        yield f"{name}: empty objects", self._body(lambda n: {name: [{}] * n})
        yield f"{name}: a long text", self._body(lambda n: {name: "x-" * n})
        yield f"{name}: unknown fields", self._body(lambda n: {name: _unknown_fields(n)})
        yield f"{name}: cells", self._body(lambda n: {name: {f"a{i}": {f"b{i}": {f"c{i}": -1}} for i in range(n)}})
        known = self._resolved(schema.get("items", {})).get("properties", {})
        if known:
            entry = dict.fromkeys(known, "nonsense")
            yield f"{name}: entries", self._body(lambda n: {name: [entry] * n})
            yield (
                f"{name}: entries with unknown fields",
                self._body(lambda n: {name: [_unknown_fields(n // 8 + 1)] * 8}),
            )
        yield from self._in_known_names(name, schema)

    def _in_known_names(self, name: str, schema: Schema) -> Iterator[tuple[str, bytes]]:
        """Yield bodies with many wrong codes under names that exist, such as cells of a table that exists."""
        for known in (schema.get("example") or {}) if isinstance(schema.get("example"), Mapping) else {}:
            yield (
                f"{name}.{known}: cells",
                self._body(lambda n, k=known: {name: {k: {f"a{i}": {"b": 1} for i in range(n)}}}),
            )
        for known in ("device", "diabetes_type", "age", "topics", "language"):
            cells = {f"{name}.{known}: a row": lambda n, k=known: {name: {k: {"a": {f"b{i}": 1 for i in range(n)}}}}}
            for label, make in cells.items():
                yield label, self._body(make)

    def _nonsense(self, schema: Schema, count: int) -> Any:
        resolved = self._resolved(schema)
        kind = resolved.get("type")
        if "array" in (kind if isinstance(kind, list) else [kind]):
            return [self._nonsense(resolved.get("items", {}), count)] * count
        if "properties" in resolved:
            return {name: self._nonsense(inner, count) for name, inner in resolved["properties"].items()}
        return "nonsense"

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema or "anyOf" in schema:
            schema = schema["anyOf"][0] if "anyOf" in schema else self._components[schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def _body(self, make: Any) -> bytes:
        """Return the largest body of up to ``size`` bytes that ``make(n)`` gives."""
        low, high = 1, 2
        while high < ENDLESS and len(_json(make(high))) <= self._size:
            low, high = high, high * 2
        while high - low > max(1, low // 50):
            middle = (low + high) // 2
            low, high = (middle, high) if len(_json(make(middle))) <= self._size else (low, middle)
        return _json(make(low))

    def _filled(self, members: Mapping[str, Any]) -> bytes:
        """Return an object of up to ``size`` bytes with as many of these members as have room."""
        body: dict[str, Any] = {}
        for name, value in members.items():
            if len(_json(body | {name: value})) <= self._size:
                body[name] = value
        return _json(body)


def _without_schema(size: int) -> Iterator[tuple[str, bytes]]:
    yield "short unknown fields", b"{" + b",".join(b'"%x":0' % n for n in range(size // 9)) + b"}"
    yield "wide", b'{"a":[' + b",".join([b"[]"] * (size // 3 - 4)) + b"]}"
    yield "deep", b"[" * size
    yield "deep, closed", b"[" * (size // 2) + b"]" * (size // 2)
    yield "deep in texts", b'{"a":"' + b"[" * (size - 10) + b'"}'
    yield "unstorable texts", b'{"a":[' + b",".join([b'"\\u0000"'] * (size // 9 - 4)) + b"]}"
    yield "unstorable at the end", b'{"a":[' + b"0," * (size // 2 - 20) + b'"\\u0000"]}'
    yield "unstorable names", b"{" + b",".join(b'"\\u0000%x":0' % n for n in range(size // 15)) + b"}"
    yield "one name again", b"{" + b",".join([b'"a":0'] * (size // 6 - 2)) + b"}"
    yield "long numbers", b'{"a":[' + b",".join([b"9" * 4000] * (size // 4001)) + b"]}"
    yield "quotes", b'{"a":"' + b'\\"' * (size // 2 - 10)
    yield "colons", b"{" * 10 + b":" * (size - 20)
    yield "no object", b"[" + b",".join([b"1"] * (size // 2 - 2)) + b"]"
    yield "a number", b"7"


def _unknown_fields(count: int) -> dict[str, int]:
    return {f"unknown_field_{n}": n for n in range(count)}


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Schema]]:
    """Yield method, path and body schema of each operation that takes a body."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, Mapping) and "requestBody" in operation:
                content = next(iter(operation["requestBody"]["content"].values()))
                yield method.upper(), path, content["schema"]


def measure(app: Flask, repeat: int) -> Iterator[Row]:
    """Yield a row for each operation and body."""
    client = app.test_client()
    document = client.get(f"/{app.extensions['chassis'].name}/openapi.json").get_json()
    components = document.get("components", {}).get("schemas", {})
    for method, path, schema in operations(document):
        for name, body in Bodies(components, schema).all():
            runs = [_ask(client, method, address(path), body, token) for token in TOKENS for _ in range(repeat)]
            allowed = [run for run in runs if run["status"] not in (401, 403)] or runs
            yield {
                "route": f"{method} {path}",
                "body": name,
                "sent": len(body),
                "status": sorted({run["status"] for run in allowed}),
                "cpu_ms": statistics.median(run["cpu_ms"] for run in allowed),
                "answer": max(run["answer"] for run in allowed),
            }


_DAY = timedelta(days=1)
_ISSUER = TokenIssuer(DEVELOPMENT_PRIVATE_KEY, audience=SERVICES)
TOKENS = (
    _ISSUER.issue(Principal("staff", "s1", "cairn", permissions=frozenset(PERMISSIONS), session="s"), ttl=_DAY),
    _ISSUER.issue(Principal("person", "p1", "cairn", ("mentee", "mentor"), session="p"), ttl=_DAY),
)
"""A token of staff and one of a person, as a route may be open to either."""


def address(path: str) -> str:
    """Return a path with a value for each parameter."""
    parts = ("1" if part.startswith("{version") else "p1" if part.startswith("{") else part for part in path.split("/"))
    return "/".join(parts)


def _ask(client: FlaskClient, method: str, path: str, body: bytes, token: str) -> Row:
    headers = {"Authorization": f"Bearer {token}", "If-Match": '"1"'}
    start = time.process_time()
    answer = client.open(path, method=method, data=body, content_type="application/json", headers=headers)
    return {
        "cpu_ms": 1e3 * (time.process_time() - start),
        "answer": len(answer.get_data()),
        "status": answer.status_code,
    }


def apps(folder: Path) -> Iterator[Flask]:
    """Yield the app of each service, on a new database."""
    from services.matcher.bootstrap import SERVICE as MATCHER
    from services.notifications.bootstrap import SERVICE as NOTIFICATIONS
    from services.profiles.bootstrap import SERVICE as PROFILES

    services: tuple[Service[Any, Any], ...] = (PROFILES, MATCHER, NOTIFICATIONS)
    for service in services:
        url = f"sqlite:///{folder}/{service.name}.db"
        migrate(url, service.migrations)
        environ = {
            "ENVIRONMENT": "development",
            "DATABASE_URL": url,
            "BROKER_URL": f"embedded://{folder}/b.db",
            "MAIL_URL": f"maildir://{folder}",
        }
        parts = service.parts(load(service.settings, environ | NO_LIMITS))
        yield service.web_app(parts)
        parts.engine.dispose()


def main() -> None:
    """Measure, print the costliest bodies of each route, and write every row."""
    parser = argparse.ArgumentParser(description="What bodies of nonsense cost.")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--worst", type=int, default=2, help="bodies printed per route")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    configure("ERROR", "bench", "nasty bodies")
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for app in apps(Path(folder)) for row in measure(app, given.repeat)]
    for _, group in itertools.groupby(rows, key=lambda row: row["route"]):
        for row in sorted(group, key=lambda row: -row["cpu_ms"])[: given.worst]:
            _print(row)
    over = [row for row in rows if row["cpu_ms"] > GOAL_MS or row["answer"] > GOAL_BYTES]
    print(f"\n{len(rows)} bodies; over {GOAL_MS:.0f} ms or {GOAL_BYTES} bytes: {len(over)}")
    for row in sorted(over, key=lambda row: -row["cpu_ms"])[:30]:
        _print(row)
    if given.out is not None:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def _print(row: Row) -> None:
    status = ",".join(map(str, row["status"]))
    print(f"{row['route']:<52} {row['body']:<40} {status:<8} {row['cpu_ms']:>9.1f} ms {row['answer']:>8} bytes")


if __name__ == "__main__":
    main()
