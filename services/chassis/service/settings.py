"""Settings: a frozen dataclass read from the environment and validated completely before anything starts.

Every variable may also be given as a file (``NAME_FILE=/run/secrets/name``), which keeps secrets out of process
listings. One message lists all faults, so that a deployment is repaired once and not once per variable.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar, get_args, get_origin, get_type_hints, runtime_checkable
from urllib.parse import urlsplit

from services.chassis.core.errors import StartRefused
from services.chassis.service.setting_values import (
    check_rate,
    each_of,
    is_loopback,
    long_enough,
    read_choice,
    read_flag,
    read_number,
    read_path,
)

__all__ = [
    "SettingsError",
    "each_of",
    "flag",
    "is_needed",
    "listening_address",
    "load",
    "number",
    "rate",
    "readable_file",
    "rotating_secret",
    "secret",
    "text",
    "url",
]

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
    """How to read one variable: ``read`` turns text into the value or raises ValueError saying what to do.

    ``roles`` are the processes that cannot do without it; None: all.
    """

    read: Callable[[str], Any]
    development: bool = False
    listens: bool = False
    roles: frozenset[str] | None = None


_PLAIN = _Rule(str)


@runtime_checkable
class _Checked(Protocol):
    """Settings that check how their values fit together."""

    def faults(self) -> list[str]:
        """Return a sentence for each fault; it begins with the name of a setting."""


def _declare(
    default: Any,
    read: Callable[[str], Any],
    *,
    development: Any = None,
    hidden: bool = False,
    listens: bool = False,
    roles: Collection[str] | None = None,
) -> Any:
    needed = None if roles is None else frozenset(roles)
    rule = _Rule(read, development=development is not None, listens=listens, roles=needed)
    start = development if development is not None else default
    metadata = {_META: rule}
    if start is None:
        return dataclasses.field(repr=not hidden, metadata=metadata)
    return dataclasses.field(default=start, repr=not hidden, metadata=metadata)


def text(default: str | None = None, *, check: Callable[[str], object] | None = None) -> Any:
    """Return a field of plain text, required when it has no default; ``check`` raises ValueError for a bad value."""
    return _declare(default, _checked(str, check))


def listening_address(default: str) -> Any:
    """Return a field for the address that a server listens on; off loopback no development default is accepted."""
    return _declare(default, str, listens=True)


def secret(
    default: str | None = None,
    *,
    min_length: int = 1,
    development: str | None = None,
    check: Callable[[str], object] | None = None,
    roles: Collection[str] | None = None,
) -> Any:
    """Return a field that ``repr`` never shows; production and open addresses refuse the default ``development``.

    ``roles`` are the roles that need it; None: all. In the others it is empty unless it is given.
    """
    read = _checked(partial(long_enough, least=min_length), check)
    return _declare(default, read, development=development, hidden=True, roles=roles)


def rotating_secret(
    *,
    min_length: int = 1,
    development: str | None = None,
    check: Callable[[str], object] | None = None,
    roles: Collection[str] | None = None,
) -> Any:
    """Return a ``secret`` field that may contain several values with commas between them: see ``each_of``.

    The first is current, the others are still accepted while keys rotate. Each is checked, and none may be the
    development default where that is refused.
    """
    read_one = _checked(partial(long_enough, least=min_length), check)

    def read(value: str) -> str:
        for one in each_of(value) or ("",):
            read_one(one)
        return value

    return _declare(None, read, development=development, hidden=True, roles=roles)


def readable_file() -> Any:
    """Return an optional field for the path of a file that this process can read."""
    return _declare("", read_path)


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
    return _declare(default, partial(read_number, least=least, most=most))


def rate(default: str) -> Any:
    """Return a field for a rate such as ``30 per minute``, or several with semicolons between them."""
    return text(default, check=check_rate)


def flag(default: bool = False) -> Any:
    """Return a Boolean field: ``true``, ``yes``, ``1`` or ``false``, ``no``, ``0``."""
    return _declare(default, read_flag)


def load(cls: type[T], environ: Mapping[str, str] | None = None, *, role: str | None = None) -> T:
    """Return ``cls`` filled from the environment; raise ``SettingsError`` with every fault at once.

    A secret that ``role`` does not need is empty unless it is given; without a role all are needed.

    A field ``database_url`` is read from DATABASE_URL or from the file named by DATABASE_URL_FILE. A field typed
    ``Literal[...]`` takes one of its values. An empty variable counts as not given. A value equal to a development
    default is a fault in production (a field ``environment`` equal to "production"), and wherever a server listens
    on an address that other machines can reach. When each value is right by itself, a method ``faults`` of ``cls``
    may name those that do not fit together.
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
        if not is_needed(field, role):
            values[field.name] = ""
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            faults.append(f"{name} is required{_choices(hints[field.name])}")
    if strict := _reason_for_own_secrets(fields, values):
        faults += [f"{name} still has its development default, which {strict}" for name in _unchanged(fields, values)]
    if faults:
        raise SettingsError(faults)
    settings = cls(**values)
    if isinstance(settings, _Checked) and (faults := settings.faults()):
        raise SettingsError(faults)
    return settings


def _choices(hint: Any) -> str:
    return f": write out one of {', '.join(map(str, get_args(hint)))}" if get_origin(hint) is Literal else ""


def _reason_for_own_secrets(fields: Sequence[dataclasses.Field[Any]], values: Mapping[str, Any]) -> str | None:
    """Return why development defaults are refused, as the end of a sentence, or None where they are accepted."""
    if values.get("environment") == "production":
        return "production refuses"
    listening = [field for field in fields if _rule_of(field).listens]
    addresses = {field.name.upper(): values.get(field.name, field.default) for field in listening}
    exposed = [f"{name} {address}" for name, address in addresses.items() if address and not is_loopback(address)]
    return f"is refused while other machines can reach {' and '.join(exposed)}" if exposed else None


def _unchanged(fields: Sequence[dataclasses.Field[Any]], values: Mapping[str, Any]) -> list[str]:
    """Return the names of the settings that have their development default."""
    secrets = (field for field in fields if _rule_of(field).development)
    given = {field.name.upper(): (field.default, values.get(field.name, field.default)) for field in secrets}
    return [name for name, (default, value) in given.items() if value == default or default in each_of(value)]


def is_needed(field: dataclasses.Field[Any], role: str | None) -> bool:
    """Return whether a process of this role cannot do without a setting; without a role all are needed."""
    roles = _rule_of(field).roles
    return role is None or roles is None or role in roles


def _rule_of(field: dataclasses.Field[Any]) -> _Rule:
    rule: _Rule = field.metadata.get(_META, _PLAIN)
    return rule


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
        why = problem.strerror if isinstance(problem, OSError) else "it is not text"
        raise ValueError(f"cannot be read from the file {path} in {name}_FILE: {why}") from None


def _reader_of(field: dataclasses.Field[Any], hint: Any) -> Callable[[str], Any]:
    if get_origin(hint) is Literal:
        choices = [str(choice) for choice in get_args(hint)]
        return lambda value: read_choice(value, choices)
    return _rule_of(field).read


def _checked(read: Callable[[str], Any], check: Callable[[str], object] | None) -> Callable[[str], Any]:
    def wrapped(value: str) -> Any:
        result = read(value)
        if check is not None:
            check(result)
        return result

    return wrapped
