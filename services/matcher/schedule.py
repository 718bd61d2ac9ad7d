"""What the matcher does by itself: jobs that were asked for, and ticks of the clock."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from services.chassis.jobs import Job
from services.chassis.scheduler import Tick
from services.matcher.domain.terms import Terms
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.keep_time import forget_old_rounds, lapse_overdue, look_again, remind_due, wake_rested
from services.matcher.use_cases.settle import FIND_GAPS, RUN_ROUND
from services.matcher.use_cases.watch_promises import watch_promises


def jobs(uow: UnitOfWork, terms: Terms) -> Mapping[str, Callable[[Job], None]]:
    """Kind of job -> what is done; the key of a round is its programme, so that no programme has two at once."""

    from services.matcher.use_cases.find_gaps import find_gaps
    from services.matcher.use_cases.keep_ready import PoolsKeptReady
    from services.matcher.use_cases.run_round import run_round  # the engine is heavy: only the worker needs it

    ready = PoolsKeptReady(uow)

    def a_round(job: Job) -> None:
        run_round(uow, terms, job.key)
        ready.used(job.key)

    def gaps(job: Job) -> None:
        find_gaps(uow, job.key, job.payload)

    return {RUN_ROUND: a_round, FIND_GAPS: gaps}


def ticks(uow: UnitOfWork, terms: Terms) -> tuple[Tick, ...]:
    """What happens every so often."""
    return (
        Tick("lapse_overdue", timedelta(seconds=1), _quietly(partial(lapse_overdue, uow, terms))),
        Tick("remind_due", timedelta(seconds=30), _quietly(partial(remind_due, uow))),
        Tick("wake_rested", timedelta(seconds=30), _quietly(partial(wake_rested, uow))),
        Tick("watch_promises", timedelta(minutes=1), _quietly(partial(watch_promises, uow))),
        Tick("forget_old_rounds", timedelta(hours=1), _quietly(partial(forget_old_rounds, uow, terms))),
        Tick("look_again", timedelta(minutes=15), _quietly(partial(look_again, uow))),
    )


def _quietly(counted: Callable[[], int]) -> Callable[[], None]:
    def run() -> None:
        counted()

    return run
