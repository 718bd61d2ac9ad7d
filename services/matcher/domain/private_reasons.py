"""What of a pair's reasons waits for the mentor's yes: codes that are extra private, such as a pregnancy (G4).

Until then the criterion and how well it fits are told, so that the mentor can answer; what exactly the two share is
not, in no event, page or list. A criterion's data file says ``after_yes`` for this. Admins read what is stored.
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
    """The same reasons without the codes that wait for the mentor's yes."""
    waiting = criteria_that("after_yes")
    return tuple(replace(one, codes=()) if one.criterion in waiting else one for one in reasons)
