"""What a worker process does side by side: nobody who signs up waits for a report."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime

from services.chassis.background.worker import Job
from services.matcher.bootstrap import SERVICE
from services.matcher.use_cases.steps.save_transition import FIND_GAPS, RUN_ROUND
from tests.matcher.app_harness import Stage
from tests.matcher.scenario import PROGRAMME
from tests.support.patience import PATIENCE

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # due by the real clock of the workers


def test_a_round_runs_while_a_gaps_report_is_being_made(stage: Stage) -> None:
    round_ran, stop = threading.Event(), threading.Event()
    in_time = []

    def look_for_gaps(_job: Job) -> None:
        with stage.parts.uow.begin() as store:
            store.enqueue(RUN_ROUND, PROGRAMME, due_at=LONG_AGO)
        in_time.append(round_ran.wait(PATIENCE))
        stop.set()

    def run_round(_job: Job) -> None:
        round_ran.set()

    with stage.parts.uow.begin() as store:
        store.enqueue(FIND_GAPS, PROGRAMME, due_at=LONG_AGO)
    service = replace(SERVICE, jobs=lambda _: {RUN_ROUND: run_round, FIND_GAPS: look_for_gaps})
    threads = [threading.Thread(target=worker.run, args=(stop,)) for worker in service.workers_of(stage.parts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert in_time == [True]


def test_every_kind_of_job_has_exactly_one_lane(stage: Stage) -> None:
    lanes = [worker._kinds for worker in SERVICE.workers_of(stage.parts)]
    assert sorted(kind for lane in lanes for kind in lane) == sorted(SERVICE.jobs(stage.parts))
