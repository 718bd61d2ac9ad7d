"""Settings: a frozen dataclass read from the environment and validated completely before anything starts.

Every variable may also be given as a file (``NAME_FILE=/run/secrets/name``), which keeps secrets out of process
listings. One message lists all faults, so that a deployment is repaired once and not once per variable.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar, get_args, get_origin, get_type_hints, runtime_checkable
from urllib.parse import urlsplit

from services.chassis.core.errors import StartRefused

__all__ = ["SettingsError", "flag", "load", "number", "readable_file", "secret", "text", "url"]

T = TypeVar("T")
_META = "setting"


class SettingsError(StartRefused):
    """Settings are missing or wrong; the message lists every fault, and no value of a secret."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        lines = "\n".join(f"  - {fault}" for fault in faults)
        super().__init__(f"{len(faults)} setting(s) need attention before this can start:\n{lines}")


@dataclasses.dataclass(frozen=True)
class _Rule:
    """How to read one variable: ``read`` turns text into the value or raises ValueError saying what to do."""

    read: Callable[[str], Any]
    development: bool = False


@runtime_checkable
class _Checked(Protocol):
    """Settings that check how their values fit together."""

    def faults(self) -> list[str]:
        """Return a sentence for each fault; it begins with the name of a setting."""


def _declare(default: Any, read: Callable[[str], Any], *, development: Any = None, hidden: bool = False) -> Any:
    rule = _Rule(read, development=development is not None)
    start = development if development is not None else default
    metadata = {_META: rule}
    if start is None:
        return dataclasses.field(repr=not hidden, metadata=metadata)
    return dataclasses.field(default=start, repr=not hidden, metadata=metadata)


def text(default: str | None = None, *, check: Callable[[str], object] | None = None) -> Any:
    """Return a field of plain text, required when it has no default; ``check`` raises ValueError for a bad value."""
    return _declare(default, _checked(str, check))


def secret(
    default: str | None = None,
    *,
    min_length: int = 1,
    development: str | None = None,
    check: Callable[[str], object] | None = None,
) -> Any:
    """Return a field that ``repr`` never shows; ``development`` is a default that production refuses."""

    def read(value: str) -> str:
        if len(value) < min_length:
            raise ValueError(f"needs at least {min_length} characters, this has {len(value)}")
        return value

    return _declare(default, _checked(read, check), development=development, hidden=True)


def readable_file() -> Any:
    """Return an optional field for the path of a file that this process can read."""

    def read(value: str) -> str:
        try:
            Path(value).open("rb").close()
        except OSError as problem:
            raise ValueError(f"names a file that cannot be read ({type(problem).__name__})") from None
        return value

    return _declare("", read)


def url(
    default: str | None = None, *, schemes: tuple[str, ...], development: str | None = None, hidden: bool = False
) -> Any:
    """Return a field for a URL with one of ``schemes``; ``hidden`` for URLs that may contain a password."""

    def read(value: str) -> str:
        if value and urlsplit(value).scheme not in schemes:
            raise ValueError("has to begin with " + " or ".join(f"{scheme}:" for scheme in schemes))
        return value

    return _declare(default, read, development=development, hidden=hidden)


def number(default: int | None = None, *, least: int = 0, most: int = 2**31) -> Any:
    """Return a field for an integer between ``least`` and ``most``, both included."""

    def read(value: str) -> int:
        try:
            result = int(value)
        except ValueError:
            raise ValueError("has to be a whole number") from None
        if not least <= result <= most:
            raise ValueError(f"has to be between {least} and {most}")
        return result

    return _declare(default, read)


def flag(default: bool = False) -> Any:
    """Return a Boolean field: ``true``, ``yes``, ``1`` or ``false``, ``no``, ``0``."""

    def read(value: str) -> bool:
        lowered = value.lower()
        if lowered not in {"true", "yes", "1", "false", "no", "0"}:
            raise ValueError("has to be true or false")
        return lowered in {"true", "yes", "1"}

    return _declare(default, read)


def load(cls: type[T], environ: Mapping[str, str] | None = None) -> T:
    """Return ``cls`` filled from the environment; raise ``SettingsError`` with every fault at once.

    A field ``database_url`` is read from DATABASE_URL or from the file named by DATABASE_URL_FILE. A field typed
    ``Literal[...]`` takes one of its values. An empty variable counts as not given. In production (a field
    ``environment`` equal to "production") a value equal to a development default is a fault. When each value is right
    by itself, a method ``faults`` of ``cls`` may name those that do not fit together.
    """
    source = os.environ if environ is None else environ
    faults: list[str] = []
    values: dict[str, Any] = {}
    hints = get_type_hints(cls)
    fields = [field for field in dataclasses.fields(cls) if field.init]  # type: ignore[arg-type]
    for field in fields:
        name = field.name.upper()
        try:
            raw = _raw(source, name)
            if raw is not None:
                values[field.name] = _reader_of(field, hints[field.name])(raw)
                continue
        except ValueError as fault:
            faults.append(f"{name} {fault}")
            continue
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            faults.append(f"{name} is required")
    production = values.get("environment") == "production"
    if production:
        checked = (_development_fault(field, values) for field in fields)
        faults += [fault for fault in checked if fault is not None]
    if faults:
        raise SettingsError(faults)
    settings = cls(**values)
    if isinstance(settings, _Checked) and (faults := settings.faults()):
        raise SettingsError(faults)
    return settings


def _development_fault(field: dataclasses.Field[Any], values: Mapping[str, Any]) -> str | None:
    rule = field.metadata.get(_META)
    if rule is None or not rule.development or values.get(field.name, field.default) != field.default:
        return None
    return f"{field.name.upper()} still has its development default, which production refuses"


def _raw(source: Mapping[str, str], name: str) -> str | None:
    """Return the text given for ``name``, directly or in a file, or None when it is not given."""
    direct, path = source.get(name) or None, source.get(f"{name}_FILE") or None
    if direct is not None and path is not None:
        raise ValueError(f"is given twice, also as {name}_FILE: please keep one")
    if path is None:
        return direct
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as problem:
        raise ValueError(f"cannot be read from the file in {name}_FILE ({type(problem).__name__})") from None


def _reader_of(field: dataclasses.Field[Any], hint: Any) -> Callable[[str], Any]:
    if get_origin(hint) is Literal:
        choices = [str(choice) for choice in get_args(hint)]
        return lambda value: _read_choice(value, choices)
    rule: _Rule | None = field.metadata.get(_META)
    if rule is None:
        return str
    return rule.read


def _read_choice(value: str, choices: list[str]) -> str:
    if value not in choices:
        raise ValueError(f"has to be one of: {', '.join(choices)}")
    return value


def _checked(read: Callable[[str], Any], check: Callable[[str], object] | None) -> Callable[[str], Any]:
    def wrapped(value: str) -> Any:
        result = read(value)
        if check is not None:
            check(result)
        return result

    return wrapped
