"""Error classes: refusals by the domain, records that can never be read, and transient faults.

No framework is imported here, so the domain of a service may use it. The HTTP layer maps each class to problem details;
the subscriber and the worker map it to a dead letter, a retry or a skip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class ChassisError(Exception):
    """The base of all our errors, to distinguish them from unexpected ones."""


class Refusal(ChassisError):
    """A rule forbids the action; trying again unchanged does not help.

    ``code`` is a short stable word for programs ("already_answered"), ``detail`` a sentence for people, ``now`` the
    current state, ``field`` the dotted name of the input at fault, ``errors`` a mapping per fault when there are
    several.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        now: Mapping[str, Any] | None = None,
        field: str | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.now = now
        self.field = field
        self.errors = tuple(errors)


class Invalid(Refusal):
    """The input is invalid in every state (422)."""


class NotFound(Refusal):
    """The object does not exist, or the caller may not know that it does: the two look alike (404)."""


class SignInNeeded(Refusal):
    """The credential of the caller is wrong, expired or ended; these look alike (401)."""


class Forbidden(Refusal):
    """The caller is authenticated but not allowed to do this (403)."""


class Conflict(Refusal):
    """The input is valid, but not in the current state, which ``now`` holds (409)."""


class Gone(Refusal):
    """The object existed and was removed (410)."""


class Stale(Refusal):
    """The caller acted on an older version than the current one (412)."""


class BadRecord(ChassisError):
    """A record that can never be read: wrong bytes, wrong types, a missing field. ``field`` is its dotted name.

    The message contains the field and the expected type, never the value: values may be personal.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason


class Transient(ChassisError):
    """A temporary fault: the same call may succeed a moment later."""


class Contention(Transient):
    """The database rolled this transaction back (deadlock, serialisation failure, lock): nothing was changed."""


class LeadershipLost(Contention):
    """Another process is the leader now; nothing was written."""


class Unavailable(Transient):
    """A dependency does not answer. If that was at a commit, its outcome is unknown: retry only with a key."""


class StartRefused(ChassisError):
    """The configuration does not allow a start; the message states what to change. Shown without a traceback."""


class Alarm(ChassisError):
    """Part of the work is stopped until an operator resumes it, since going on would do harm; the rest goes on."""
