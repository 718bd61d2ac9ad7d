"""Read single values of settings: each function returns the value of a text or raises ValueError saying what to do."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from pathlib import Path


def read_number(value: str, least: int, most: int) -> int:
    """Return a whole number between ``least`` and ``most``, both included."""
    try:
        result = int(value)
    except ValueError:
        raise ValueError("has to be a whole number") from None
    if not least <= result <= most:
        raise ValueError(f"has to be between {least} and {most}")
    return result


def read_flag(value: str) -> bool:
    """Return a Boolean from ``true``, ``yes``, ``1`` or ``false``, ``no``, ``0``."""
    lowered = value.lower()
    if lowered not in {"true", "yes", "1", "false", "no", "0"}:
        raise ValueError("has to be true or false")
    return lowered in {"true", "yes", "1"}


def read_choice(value: str, choices: Sequence[str]) -> str:
    """Return one of ``choices``."""
    if value not in choices:
        raise ValueError(f"has to be one of: {', '.join(choices)}")
    return value


def read_path(value: str) -> str:
    """Return the path of a file that this process can read."""
    try:
        Path(value).open("rb").close()
    except OSError as problem:
        raise ValueError(f"names a file that cannot be read ({type(problem).__name__})") from None
    return value


def check_rate(value: str) -> None:
    """Accept rates such as ``30 per minute``, several with semicolons between them."""
    from limits import parse_many

    try:
        parse_many(value)
    except ValueError:
        raise ValueError('has to be a rate such as "30 per minute"') from None


def long_enough(value: str, least: int) -> str:
    """Return a text of at least ``least`` characters; the message does not show it."""
    if len(value) < least:
        raise ValueError(f"needs at least {least} characters, this has {len(value)}")
    return value


def each_of(value: str) -> tuple[str, ...]:
    """Return the values of a rotating secret, the current one first."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def is_loopback(address: str) -> bool:
    """Return whether only this machine can reach a server on this address."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
