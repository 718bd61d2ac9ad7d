"""Logs: one JSON object per line, with listed field names only, so that no fact about a person slips in.

Of an exception, class and place are written and never the message, which may quote what somebody sent. Lines of
libraries come through the same gate: their template is kept, of its values only numbers.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterable, MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog

from services.chassis.observability.metrics import FIELDS_DROPPED

# Ids of ours, codes, counts and times. Whoever adds a name makes sure that it can hold nothing about a person.
_LISTED = """
event level at service role logger pid port workers threads version
request_id method route status code ms count attempt seconds error places
id subject person_id programme kind reason check due_in field
event_id event_type type topic partition offset key group consumer lag job_id epoch tick leader
"""
FIELDS = frozenset(_LISTED.split())
_TEXT = 200  # characters of a value that are kept
_HOLDS_ADDRESS = re.compile(r"@|://[^/\s]*:")  # mail addresses, and addresses with a password

Line = MutableMapping[str, Any]


def configure(
    level: str = "INFO", service: str = "", role: str = "", *, fields: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Send structlog and the standard library's loggers as JSON lines to `stream` (standard error by default).

    `fields` are further names a service allows. Call once per process, from its entry point.
    """
    gate = _Gate(FIELDS | set(fields), {"service": service, "role": role})
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                _foreign,
                structlog.stdlib.ExtraAdder(allow=gate.fields),
                structlog.stdlib.add_logger_name,
                *shared,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _exception,
                gate,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            use_get_message=False,
            pass_foreign_args=True,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("kafka", "sqlalchemy", "alembic", "werkzeug", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)


class _Gate:
    """Lets listed names with plain values pass; counts what it drops."""

    def __init__(self, fields: frozenset[str] | set[str], always: dict[str, str]) -> None:
        self.fields = frozenset(fields)
        self._always = {name: value for name, value in always.items() if value}

    def __call__(self, _logger: Any, _method: str, line: Line) -> Line:
        kept = {name: value for name, value in line.items() if name in self.fields and _plain(value)}
        FIELDS_DROPPED.inc(len(line) - len(kept))
        return self._always | {name: _short(value) for name, value in kept.items()}


def _plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return value is None or isinstance(value, str | int | float | bool)


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(item) for item in value]
    if not isinstance(value, str):
        return value
    return "(kept out)" if _HOLDS_ADDRESS.search(value) else value[:_TEXT]


def _exception(_logger: Any, _method: str, line: Line) -> Line:
    """Replace an exception by its classes and the places it came through, innermost last."""
    fault = line.pop("exc_info", None)
    line.pop("exception", None)
    line.pop("stack_info", None)
    if isinstance(fault, tuple):
        fault = fault[1]
    elif fault and not isinstance(fault, BaseException):
        fault = sys.exc_info()[1]
    if isinstance(fault, BaseException):
        line["error"] = " < ".join(_classes(fault))
        line["places"] = [
            f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(fault.__traceback__)[-8:]
        ]
    return line


def _classes(fault: BaseException) -> list[str]:
    found: list[str] = []
    step: BaseException | None = fault
    while step is not None and len(found) < 5:
        found.append(f"{type(step).__module__}.{type(step).__qualname__}")
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
    return found


def _foreign(_logger: Any, _method: str, line: Line) -> Line:
    """Rewrite a library's line from its template: numbers stay, every other value becomes an ellipsis."""
    template, args = str(line["event"]), line.pop("positional_args", None)
    try:
        if isinstance(args, tuple):
            template = (
                template % tuple(arg if isinstance(arg, int | float) else "…" for arg in args) if args else template
            )
        elif args:
            template = template % {name: arg if isinstance(arg, int | float) else "…" for name, arg in args.items()}
    except (TypeError, ValueError, KeyError):
        pass
    line["event"] = template
    return line
