"""Logs: a JSON object per line, with allow-listed field names only, so that no fact about a person gets in.

Exceptions are logged by class and place, never with their message, which may quote a person's input. Log lines of
libraries pass the same filter: the template is kept, and only the values that are numbers.
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

# Our own ids, codes, counts and times. Add a name only if its values can never be facts about a person.
_LISTED = """
event level at service role logger pid port workers threads version
request_id method route status code ms count attempt seconds error places
id subject person_id programme kind reason check due_in field
event_id event_type type topic partition offset key group consumer lag job_id epoch tick leader
"""
FIELDS = frozenset(_LISTED.split())
_MAX_TEXT = 200  # longest logged value, in characters
_HOLDS_ADDRESS = re.compile(r"@|://[^/\s]*:")  # mail addresses, and addresses with a password

Line = MutableMapping[str, Any]


def configure(
    level: str = "INFO", service: str = "", role: str = "", *, fields: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Send structlog and the standard library's loggers as JSON lines to ``stream`` (standard error by default).

    ``fields`` are further allowed names of a service. Call once per process, from its entry point.
    """
    field_filter = _FieldFilter(FIELDS | set(fields), {"service": service, "role": role})
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
                structlog.stdlib.ExtraAdder(allow=field_filter.fields),
                structlog.stdlib.add_logger_name,
                *shared,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _exception,
                field_filter,
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


class _FieldFilter:
    """A structlog processor that keeps allow-listed fields with plain values, and counts the fields it drops."""

    def __init__(self, fields: frozenset[str] | set[str], always: dict[str, str]) -> None:
        self.fields = frozenset(fields)
        self._always = {name: value for name, value in always.items() if value}

    def __call__(self, _logger: Any, _method: str, line: Line) -> Line:
        allowed = {name: value for name, value in line.items() if name in self.fields and _plain(value)}
        FIELDS_DROPPED.inc(len(line) - len(allowed))
        return self._always | {name: _short(value) for name, value in allowed.items()}


def _plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return value is None or isinstance(value, str | int | float | bool)


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(item) for item in value]
    if not isinstance(value, str):
        return value
    return "(kept out)" if _HOLDS_ADDRESS.search(value) else value[:_MAX_TEXT]


def _exception(_logger: Any, _method: str, line: Line) -> Line:
    """Replace an exception by its classes and the last places of its traceback, innermost last."""
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
    names: list[str] = []
    current: BaseException | None = fault
    while current is not None and len(names) < 5:
        names.append(f"{type(current).__module__}.{type(current).__qualname__}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return names


def _foreign(_logger: Any, _method: str, line: Line) -> Line:
    """Rebuild a library's log line from its template: numbers stay, all other values become an ellipsis."""
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
