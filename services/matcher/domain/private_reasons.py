"""Reasons of a pair that stay hidden until the mentor accepts: extra private codes, such as a pregnancy (G4).

Until then the criterion and its band are shown, so that the mentor can answer; the shared codes appear in no event,
page or list. A criterion's data file sets ``after_yes`` for this. Admins read the stored reasons.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from services.events.matcher import Reason
from services.matcher.domain.weights import criteria_that

if TYPE_CHECKING:  # the engine is heavy: only the processes that match and explain load it
    from services.matcher.domain.explain import Part

R = TypeVar("R", "Reason", "Part")


def before_yes(reasons: Iterable[R]) -> tuple[R, ...]:
    """Return the reasons without the codes that stay hidden until the mentor accepts."""
    waiting = criteria_that("after_yes")
    return tuple(replace(reason, codes=()) if reason.criterion in waiting else reason for reason in reasons)
