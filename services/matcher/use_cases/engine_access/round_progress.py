"""Publish the progress of a running round, and check whether it was cancelled."""

from services.chassis.core.clock import monotonic
from services.chassis.core.errors import Transient
from services.matcher.domain.records import Round
from services.matcher.ports import UnitOfWork

EVERY = 1.0  # seconds


class RoundWatch:
    """Writes progress to the round's row, at most once a second, and reads whether to go on.

    The row is visible to every process. A round that takes under a second writes nothing.
    """

    def __init__(self, uow: UnitOfWork, opened: Round, *, every: float = EVERY) -> None:
        self._uow = uow
        self._opened = opened
        self._every = every
        self._checked_at = monotonic()
        self._step = "features"
        self._share = 0.0

    def progress(self, step: str, share: float) -> None:
        """Remember how far the round is (see ``services.matcher.solver.column_generation.Watch``)."""
        self._step, self._share = step, share

    def cancelled(self) -> bool:
        """Return whether the round must stop: cancelled, given up, or taken over by another run."""
        if monotonic() - self._checked_at < self._every:
            return False
        try:
            with self._uow.begin() as store:
                goes_on = store.rounds.go_on(self._opened, self._step, self._share)
        except Transient:
            return False  # the database is busy; it is asked again soon, and before anything is applied
        finally:
            self._checked_at = monotonic()
        return not goes_on
