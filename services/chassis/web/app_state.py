"""What an app of this chassis carries: one value that every door can reach through the running request."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Flask, current_app

from services.chassis.identity.principal import Principal

_KEY = "chassis"


class UnitOfWorkLike(Protocol):
    """The part of a unit of work that the HTTP side needs: a transaction that inner ones join."""

    def begin(self, *, whole: bool = False) -> AbstractContextManager[Any]:
        """Open a transaction, or join the one that this thread has open."""
        ...

    def transaction(self) -> Any:
        """Return the transaction that is open in this thread."""
        ...


class PrincipalReaderLike(Protocol):
    """Reads who is asking from an Authorization header."""

    def read(self, authorization: str | None) -> Principal:
        """Return the caller; anonymous when nothing was sent; raise `TokenRefused` for a bad credential."""
        ...


@dataclass(frozen=True, kw_only=True)
class AppState:
    """The parts of one running app; `secret` signs cursors and form nonces."""

    name: str
    title: str
    site: str
    secret: str
    production: bool
    uow: UnitOfWorkLike | None
    principals: PrincipalReaderLike


def attach(app: Flask, state: AppState) -> None:
    """Give `app` its state, once, when it is built."""
    app.extensions[_KEY] = state


def state() -> AppState:
    """Return the state of the app that serves the current request."""
    found: AppState = current_app.extensions[_KEY]
    return found
