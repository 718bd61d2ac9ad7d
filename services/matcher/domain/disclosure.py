"""What of a pair's reasons waits for the mentor's yes: codes that are extra private, such as a pregnancy (G4).

Until then the criterion and how well it fits are told, so that the mentor can answer; what exactly the two share is
not, in no event, page or list. A criterion's data file says ``after_yes`` for this. Admins read what is stored.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from services.events.matcher import Reason
from services.matcher.domain.weights import criterion_data, criterion_names

if TYPE_CHECKING:  # the engine is heavy: only the processes that match and explain load it
    from services.matcher.domain.explain import Part

R = TypeVar("R", "Reason", "Part")


def before_yes(reasons: Iterable[R]) -> tuple[R, ...]:
    """The same reasons without the codes that wait for the mentor's yes."""
    return tuple(replace(one, codes=()) if _waits(one.criterion) else one for one in reasons)


def _waits(criterion: str) -> bool:
    return criterion in criterion_names() and bool(criterion_data(criterion).get("after_yes", False))
