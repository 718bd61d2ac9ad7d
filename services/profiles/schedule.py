"""The time door of profiles: jobs for the worker, and ticks."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from services.chassis.background.scheduler import Tick
from services.chassis.background.worker import Job
from services.profiles.ports import Resources
from services.profiles.use_cases.republish_people import TELL, republish_page
from services.profiles.use_cases.sign_in import forget_old_links
from services.profiles.use_cases.take_a_break import RESUME, resume_when_due


def jobs(resources: Resources) -> Mapping[str, Callable[[Job], None]]:
    """Return what the worker does for each kind of job."""

    def resume(job: Job) -> None:
        resume_when_due(resources, job.key)

    def tell(job: Job) -> None:
        told = job.payload
        republish_page(resources, str(told["request_id"]), str(told["programme_id"]), str(told["after"]))

    return {RESUME: resume, TELL: tell}


def ticks(resources: Resources) -> Sequence[Tick]:
    """Return what happens every so often."""
    return (Tick("forget_old_links", timedelta(hours=1), lambda: forget_old_links(resources)),)
