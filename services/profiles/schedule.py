"""The background work of profiles: jobs for the worker, and scheduled ticks."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from services.chassis.background.scheduler import Tick
from services.chassis.background.worker import Job
from services.profiles.ports import Resources
from services.profiles.use_cases.republish_people import REPUBLISH_PEOPLE, republish_page
from services.profiles.use_cases.sessions import forget_old_sessions
from services.profiles.use_cases.sign_in import forget_old_links
from services.profiles.use_cases.take_a_break import RESUME, resume_when_due


def jobs(resources: Resources) -> Mapping[str, Callable[[Job], None]]:
    """Return the handler of each kind of job."""

    def resume(job: Job) -> None:
        resume_when_due(resources, job.key)

    def republish(job: Job) -> None:
        payload = job.payload
        republish_page(resources, str(payload["request_id"]), str(payload["programme_id"]), str(payload["after"]))

    return {RESUME: resume, REPUBLISH_PEOPLE: republish}


def ticks(resources: Resources) -> Sequence[Tick]:
    """Return the scheduled ticks."""
    return (
        Tick("forget_old_links", timedelta(hours=1), lambda: forget_old_links(resources)),
        Tick("forget_old_sessions", timedelta(hours=1), lambda: forget_old_sessions(resources)),
    )
