"""The time door of profiles: jobs for the worker, and ticks."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from services.chassis.jobs import Job
from services.chassis.scheduler import Tick
from services.profiles.ports import World
from services.profiles.use_cases.sign_in import forget_old_links
from services.profiles.use_cases.take_a_break import RESUME, resume_when_due
from services.profiles.use_cases.tell_everybody import TELL, tell_page


def jobs(world: World) -> Mapping[str, Callable[[Job], None]]:
    """Return what the worker does for each kind of job."""

    def resume(job: Job) -> None:
        resume_when_due(world, job.key)

    def tell(job: Job) -> None:
        told = job.payload
        tell_page(world, str(told["request_id"]), str(told["programme_id"]), str(told["after"]))

    return {RESUME: resume, TELL: tell}


def ticks(world: World) -> Sequence[Tick]:
    """Return what happens every so often."""
    return (Tick("forget_old_links", timedelta(hours=1), lambda: forget_old_links(world)),)
