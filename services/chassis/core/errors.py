"""What can go wrong, in our own words: refusals by the domain, records that can never be read, and faults that pass.

Nothing here knows a framework, so the inside of a service may import it. Doors translate: the HTTP side maps each
class to a problem, the subscriber and the worker map it to a dead letter, a retry or a skip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class ChassisError(Exception):
    """The root of all of ours, for the one place that wants to tell ours from surprises."""


class Refusal(ChassisError):
    """The rules say no, and trying again unchanged will not help.

    `code` is a short stable word for programs ("already_answered"), `detail` a sentence for people, `now` what is
    true instead (the current state, say), `field` the dotted name of the input at fault, `errors` one mapping per fault
    when there are several.
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
    """What was sent cannot be right whatever the state is (422)."""


class NotFound(Refusal):
    """No such thing, or none that the caller may know of: the two look alike (404)."""


class Forbidden(Refusal):
    """The caller is known and may not do this (403)."""


class Conflict(Refusal):
    """Right in itself, but not in the present state; `now` says what that is (409)."""


class Gone(Refusal):
    """It was here and is not any more (410)."""


class Stale(Refusal):
    """The caller decided on an older version than the present one (412)."""


class BadRecord(ChassisError):
    """A record that can never be read: wrong bytes, wrong types, a missing field. `field` is its dotted name.

    The message holds the field and the expected type, never the value: values may be personal.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason


class Transient(ChassisError):
    """A fault that passes: the same call may work in a moment."""


class Contention(Transient):
    """The database undid this transaction in favour of another (deadlock, serialisation, lock): nothing was changed."""


class LeadershipLost(Contention):
    """Another process leads now; what was to be written was not."""


class Unavailable(Transient):
    """Something needed does not answer. When it was a commit, the outcome is unknown: repeat it only under a key."""


class StartRefused(ChassisError):
    """The process cannot start as it is configured; the message says what to change. Shown without a traceback."""


class Alarm(ChassisError):
    """Part of the work stands still until a person has looked, since going on would do harm; the rest goes on."""
