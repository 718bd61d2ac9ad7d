"""The state of an app: one value that views and request steps read from the current app."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Flask, current_app

from services.chassis.i18n.translations import Words
from services.chassis.identity.principal import Principal

_KEY = "chassis"


class UnitOfWorkLike(Protocol):
    """The part of a unit of work that the HTTP side needs: a transaction that inner ``begin`` calls join."""

    def begin(self, *, read_only: bool = False, whole: bool = False) -> AbstractContextManager[Any]:
        """Open a transaction, or join the open one of this thread."""
        ...

    def transaction(self) -> Any:
        """Return the open transaction of this thread."""
        ...


class PrincipalReaderLike(Protocol):
    """Reads the caller from an Authorization header."""

    def read(self, authorization: str | None) -> Principal:
        """Return the caller, anonymous without a header; raise ``TokenRefused`` for a bad credential."""
        ...


@dataclass(frozen=True, kw_only=True)
class AppState:
    """The parts of one app; the first of ``secrets`` signs cursors and form nonces, all read, ``words`` translates."""

    name: str
    title: str
    site: str
    secrets: tuple[str, ...]
    production: bool
    uow: UnitOfWorkLike | None
    principals: PrincipalReaderLike
    words: Words


def attach(app: Flask, state: AppState) -> None:
    """Set the state of ``app``, once, when it is built."""
    app.extensions[_KEY] = state


def state() -> AppState:
    """Return the state of the app that serves the current request."""
    current: AppState = current_app.extensions[_KEY]
    return current
