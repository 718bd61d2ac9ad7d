"""Logs contain only listed fields about requests and processes, and nothing about a person."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient

from services.chassis.observability import logs
from services.chassis.observability.metrics import FIELDS_DROPPED
from tests.chassis.web.shop_app import ADMIN

CANARY = "Ana Lopez <ana@example.org> +34 600 000 000"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    previous = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure("INFO", "shop", "api", fields=["parcel_id"], stream=stream)
    yield stream
    root.handlers[:] = previous[0]
    root.setLevel(previous[1])
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_service_role_and_time(stream: io.StringIO) -> None:
    structlog.get_logger("x").info("parcel_sent", parcel_id="p1", count=3)
    [line] = lines(stream)
    assert line.pop("at").endswith("Z")
    assert line == {
        "service": "shop",
        "role": "api",
        "event": "parcel_sent",
        "level": "info",
        "parcel_id": "p1",
        "count": 3,
    }


def test_a_field_that_is_not_listed_is_dropped_and_counted(stream: io.StringIO) -> None:
    before = FIELDS_DROPPED._value.get()
    structlog.get_logger().info("parcel_sent", parcel_id="p1", name=CANARY, body={"a": CANARY}, email=CANARY)
    assert "Ana" not in stream.getvalue()
    assert FIELDS_DROPPED._value.get() - before == 3


@pytest.mark.parametrize("value", [CANARY, "redis://shop:hunter2@cache:6379/0", {"a": CANARY}, object(), [{"a": 1}]])
def test_a_listed_field_contains_no_addresses_or_structures(stream: io.StringIO, value: object) -> None:
    structlog.get_logger().info("parcel_sent", reason=value)
    assert "Ana" not in stream.getvalue()
    assert "hunter2" not in stream.getvalue()
    assert "object at" not in stream.getvalue()


def test_a_long_value_is_truncated(stream: io.StringIO) -> None:
    structlog.get_logger().info("parcel_sent", reason="x" * 5000)
    assert len(lines(stream)[0]["reason"]) == 200


def burn() -> None:
    try:
        dict[str, str]()[CANARY]
    except KeyError as cause:
        raise RuntimeError(f"no {CANARY}") from cause


def test_an_exception_is_logged_as_class_and_place_without_its_message(stream: io.StringIO) -> None:
    try:
        burn()
    except RuntimeError:
        structlog.get_logger().exception("it_burned")
    [line] = lines(stream)
    assert line["error"] == "builtins.RuntimeError < builtins.KeyError"
    assert line["places"][-1].startswith("test_request_log.py:")
    assert line["places"][-1].endswith(" burn")
    assert "Ana" not in stream.getvalue()


def test_lines_of_libraries_contain_their_template_and_numbers_only(stream: io.StringIO) -> None:
    logging.getLogger("some.package").warning("sent %s to %s after %d tries", "mail", CANARY, 3)
    logging.getLogger("some.package").warning("%(who)s waits", {"who": CANARY})
    written = lines(stream)
    assert [line["event"] for line in written] == ["sent … to … after 3 tries", "… waits"]
    assert written[0]["logger"] == "some.package"


def test_a_line_that_cannot_be_formatted_is_logged_as_its_template(stream: io.StringIO) -> None:
    record = logging.LogRecord("some.package", logging.WARNING, "", 1, "100% odd %s", (CANARY,), None)
    [ours] = [
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler, logging.StreamHandler) and handler.stream is stream
    ]
    ours.handle(record)
    assert lines(stream)[0]["event"] == "100% odd %s"


def test_an_exception_of_a_library_is_logged_without_its_message(stream: io.StringIO) -> None:
    try:
        burn()
    except RuntimeError:
        logging.getLogger("some.package").exception("could not send to %s", CANARY)
    [line] = lines(stream)
    assert line["error"].startswith("builtins.RuntimeError")
    assert "Ana" not in stream.getvalue()


def test_listed_extras_of_the_standard_library_are_logged(stream: io.StringIO) -> None:
    logging.getLogger("services.x").info("started", extra={"port": 80, "customer": CANARY})
    [line] = lines(stream)
    assert line["port"] == 80
    assert "Ana" not in stream.getvalue()


def test_lines_below_the_level_are_not_written(stream: io.StringIO) -> None:
    structlog.get_logger().debug("details")
    logging.getLogger("kafka.client").info("chatter")
    assert lines(stream) == []


def test_a_request_is_one_line_with_its_route_without_its_path(client: FlaskClient, stream: io.StringIO) -> None:
    client.get("/shop/v1/parcels/a-secret-token?cursor=private", headers={"User-Agent": CANARY})
    [line] = lines(stream)
    assert line["route"] == "/shop/v1/parcels/<string:parcel_id>"
    assert (line["method"], line["status"]) == ("GET", 404)
    assert line["ms"] >= 0
    for private in ("a-secret-token", "private", "Ana", "127.0.0.1"):
        assert private not in stream.getvalue()


def test_an_unknown_path_and_method_are_not_logged(client: FlaskClient, stream: io.StringIO) -> None:
    client.open("/mail-token-123", method="ANA")
    assert "mail-token" not in stream.getvalue()
    assert lines(stream)[0]["method"] == "OTHER"


def test_probes_are_not_logged(client: FlaskClient, stream: io.StringIO) -> None:
    for probe in ("/shop/livez", "/shop/readyz", "/shop/metrics"):
        client.get(probe)
    assert lines(stream) == []


def test_an_unexpected_error_has_the_request_id_of_its_answer(client: FlaskClient, stream: io.StringIO) -> None:
    problem = client.get("/shop/v1/broken", headers=ADMIN).get_json()
    broke, request = lines(stream)
    assert broke["request_id"] == request["request_id"] == problem["request_id"]
    assert broke["error"] == "builtins.RuntimeError"
    assert broke["places"][-1].startswith("shop_app.py:")
    assert "Ana" not in stream.getvalue()
