"""A round on its way, seen from outside: others read how far it is, and it hears that it was cancelled."""

from services.chassis.core.clock import monotonic
from services.chassis.core.errors import Transient
from services.matcher.domain.records import Round
from services.matcher.ports import UnitOfWork

EVERY = 1.0  # seconds


class RoundWatch:
    """Looks up from the work at most every second: says how far it is, and asks whether to go on.

    What others see is in the table, so they may be in any process. A round that takes under a second writes nothing.
    """

    def __init__(self, uow: UnitOfWork, opened: Round, *, every: float = EVERY) -> None:
        self._uow = uow
        self._opened = opened
        self._every = every
        self._looked = monotonic()
        self._step = "features"
        self._share = 0.0

    def progress(self, step: str, share: float) -> None:
        """Remember how far the round is (see `solve.watch.Progress`)."""
        self._step, self._share = step, share

    def cancelled(self) -> bool:
        """Whether the round is to stop: it was cancelled, given up, or another run has taken it over."""
        if monotonic() - self._looked < self._every:
            return False
        try:
            with self._uow.begin() as store:
                goes_on = store.rounds.go_on(self._opened, self._step, self._share)
        except Transient:
            return False  # the database is busy: asked again in a moment, and before anything is applied
        finally:
            self._looked = monotonic()
        return not goes_on
