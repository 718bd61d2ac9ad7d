"""The matcher's background work: jobs that were queued, and ticks of the clock."""

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
    """Return the jobs by kind; a round's key is its programme, so that no programme runs two at once."""
    from services.matcher.use_cases.find_gaps import find_gaps
    from services.matcher.use_cases.keep_pool_ready import PoolRefresher
    from services.matcher.use_cases.run_round import run_round  # the engine is heavy: only the worker needs it

    refresher = PoolRefresher(uow)

    def run_round_job(job: Job) -> None:
        run_round(uow, terms, job.key)
        refresher.round_has_run(job.key)

    def find_gaps_job(job: Job) -> None:
        find_gaps(uow, job.key, job.payload)

    return {RUN_ROUND: run_round_job, FIND_GAPS: find_gaps_job}


def ticks(uow: UnitOfWork, terms: Terms) -> tuple[Tick, ...]:
    """Return the ticks of the scheduler."""
    return (
        Tick("lapse_overdue", timedelta(seconds=1), _without_result(partial(expire_overdue_offers, uow, terms))),
        Tick("remind_due", timedelta(seconds=30), _without_result(partial(send_due_reminders, uow))),
        Tick("wake_rested", timedelta(seconds=30), _without_result(partial(end_due_breaks, uow))),
        Tick("watch_promises", timedelta(minutes=1), _without_result(partial(watch_promises, uow))),
        Tick("forget_old_rounds", timedelta(hours=1), _without_result(partial(delete_old_rounds, uow, terms))),
        Tick("look_again", timedelta(minutes=15), _without_result(partial(request_pending_rounds, uow))),
    )


def _without_result(counted: Callable[[], int]) -> Callable[[], None]:
    def run() -> None:
        counted()

    return run
