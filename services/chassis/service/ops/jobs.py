"""``ops jobs``: jobs that were given up."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from services.chassis.service.ops.group import OpsCommand, OpsGroup, Options, reason_option
from services.chassis.service.ops.operator import Operator
from services.chassis.service.ops.output import counted, format_time, print_error, print_line, print_table
from services.chassis.storage.given_up_jobs import GivenUpJob


def _list(operator: Operator, options: Options) -> int:
    del options
    jobs = operator.given_up_jobs()
    if not jobs:
        print_line(f"No job of {operator.group} was given up.")
        return 0
    print_table([("id", "kind", "key", "attempts", "error", "given up"), *map(_row, jobs)])
    return 0


def _retry(operator: Operator, options: Options) -> int:
    jobs = operator.given_up_jobs()
    chosen = jobs if options.all else [job for job in jobs if job.id in options.ids]
    retried = sum(operator.retry_job(job, options.reason) for job in chosen)
    missing = _missing(options.ids, chosen)
    for job_id in missing:
        print_error(f"{job_id} is no job of {operator.group} that was given up.")
    print_line(f"{counted(retried, 'job starts', 'jobs start')} again within seconds.")
    return 1 if missing or retried < len(chosen) else 0


def _missing(ids: Sequence[int], chosen: Sequence[GivenUpJob]) -> list[int]:
    return sorted(set(ids) - {job.id for job in chosen})


def _row(job: GivenUpJob) -> tuple[str, ...]:
    return str(job.id), job.kind, job.key, str(job.attempts), job.error, format_time(job.given_up_at)


def _retry_options(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("ids", nargs="*", default=[], type=int, metavar="ID", help="the id that list shows")
    which.add_argument("--all", action="store_true", help="all jobs that were given up")
    reason_option(parser)


GROUP = OpsGroup(
    "jobs",
    "jobs that were given up",
    (
        OpsCommand("list", "list the jobs that were given up, and why", _list),
        OpsCommand("retry", "start jobs again, with all their attempts", _retry, _retry_options),
    ),
)
