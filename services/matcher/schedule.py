"""What the matcher does by itself: jobs that were asked for, and ticks of the clock."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from services.chassis.background.scheduler import Tick
from services.chassis.background.worker import Job
from services.matcher.domain.programme_terms import Terms
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.run_due_steps import (
    delete_old_rounds,
    end_due_breaks,
    expire_overdue_offers,
    request_pending_rounds,
    send_due_reminders,
)
from services.matcher.use_cases.steps.save_transition import FIND_GAPS, RUN_ROUND
from services.matcher.use_cases.watch_promises import watch_promises


def jobs(uow: UnitOfWork, terms: Terms) -> Mapping[str, Callable[[Job], None]]:
    """Kind of job -> what is done; the key of a round is its programme, so that no programme has two at once."""
    from services.matcher.use_cases.find_gaps import find_gaps
    from services.matcher.use_cases.keep_pool_ready import PoolsKeptReady
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
        Tick("lapse_overdue", timedelta(seconds=1), _quietly(partial(expire_overdue_offers, uow, terms))),
        Tick("remind_due", timedelta(seconds=30), _quietly(partial(send_due_reminders, uow))),
        Tick("wake_rested", timedelta(seconds=30), _quietly(partial(end_due_breaks, uow))),
        Tick("watch_promises", timedelta(minutes=1), _quietly(partial(watch_promises, uow))),
        Tick("forget_old_rounds", timedelta(hours=1), _quietly(partial(delete_old_rounds, uow, terms))),
        Tick("look_again", timedelta(minutes=15), _quietly(partial(request_pending_rounds, uow))),
    )


def _quietly(counted: Callable[[], int]) -> Callable[[], None]:
    def run() -> None:
        counted()

    return run
