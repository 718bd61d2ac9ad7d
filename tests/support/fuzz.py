"""Fuzz an app by its OpenAPI document (schemathesis): hundreds of odd requests, checked against the document.

The app is served over real HTTP on a free port, in threads of this process. Checked are: only listed statuses, bodies
and headers as described, wrong input refused, no 5xx, no way around a sign-in. A request that fits the schema may
still be refused with 409, 412, 422 or 428: no schema states which languages exist, or whether a version already exists
that If-Match has to name.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import schemathesis
from flask import Flask
from schemathesis.engine import Status, events, from_schema
from werkzeug.serving import WSGIRequestHandler, make_server

_MAY_BE_REFUSED = ["2xx", "3xx", "401", "403", "404", "409", "412", "422", "428", "429"]


def fuzz(
    app: Flask,
    description: str,
    *,
    headers: Mapping[str, str],
    leave_out: str | None = None,
    examples: int = 30,
    seed: int = 1,
) -> tuple[int, list[str]]:
    """Return the number of requests, and each fault with a curl command that reproduces it.

    ``description`` is the path of the OpenAPI document, ``leave_out`` a regular expression of paths not to call;
    ``headers`` are sent with every request (a token).
    """
    with _served(app) as address:
        schema: Any = schemathesis.openapi.from_url(address + description)
        if leave_out is not None:
            schema = schema.exclude(path_regex=leave_out)
        schema.config.headers = dict(headers)
        schema.config.seed = seed
        schema.config.generation.update(max_examples=examples)
        schema.config.phases.stateful.enabled = False  # our documents link no operations
        schema.config.checks.positive_data_acceptance.expected_statuses = _MAY_BE_REFUSED
        refused = [
            "400",
            "401",
            "403",
            "404",
            "405",
            "406",
            "409",
            "412",
            "415",
            "422",
            "428",
            "429",
        ]  # 412: the version is checked first
        schema.config.checks.negative_data_rejection.expected_statuses = refused
        schema.config.checks.missing_required_header.expected_statuses = ["400", "401", "403", "415", "422", "428"]
        requests, faults = 0, []
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                requests += len(event.recorder.cases)
                faults += list(_faults(event))
            elif isinstance(event, events.NonFatalError | events.FatalError):
                faults.append(f"{getattr(event, 'label', '')}: {getattr(event, 'value', None) or event}")
        return requests, faults


def _faults(event: events.ScenarioFinished) -> Iterator[str]:
    for case, checks in event.recorder.checks.items():
        for check in checks:
            if check.status == Status.FAILURE and check.failure_info is not None:
                curl = event.recorder.cases[case].value.as_curl_command()
                yield f"{event.recorder.label}: {check.name}: {check.failure_info.failure}\n{curl}"


class _SilentHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Log nothing."""


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_SilentHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
