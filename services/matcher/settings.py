"""The settings of the matcher, read from the environment; see ``services.chassis.service.settings`` for how."""

from dataclasses import dataclass
from datetime import timedelta

from services.chassis.service.service_settings import ServiceSettings
from services.chassis.service.settings import number
from services.matcher.domain.programme_terms import Bounds, Terms


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """The matcher's own settings, beside those of every service."""

    round_debounce_ms: int = number(300, most=60_000)  # how long a round waits for more sign-ups
    round_seconds: int = number(600, least=1, most=24 * 3600)  # how long a round may look for its answer
    round_megabytes: int = number(1000, least=1)  # memory the engine may work in, estimated before a round takes it
    snapshots_kept: int = number(20, least=1, most=1000)  # the last rounds that can be inspected, however old
    snapshot_hours: int = number(24, most=90 * 24)  # every round younger than this can be inspected, too
    answer_hours: int = number(72, least=1, most=24 * 60)  # a mentor's time to answer
    confirm_hours: int = number(72, least=1, most=24 * 60)  # a mentee's time to confirm
    lapses_before_rest: int = number(2, least=1, most=100)
    rest_days: int = number(14, least=1, most=365)
    question_pairs: int = number(200_000_000)  # mentees times mentors, above which what-if, why-not, verify are refused
    question_all_pairs: int = number(10_000_000)  # the same for questions about every pair: policies, stability
    question_seconds: int = number(30, least=1, most=600)  # a question's time to be answered
    question_wait_ms: int = number(2000, most=60_000)  # how long a question waits for its turn

    @property
    def bounds(self) -> Bounds:
        """Return the limits of a question to the engine."""
        return Bounds(
            pairs=self.question_pairs,
            all_pairs=self.question_all_pairs,
            seconds=float(self.question_seconds),
            wait=self.question_wait_ms / 1000,
        )

    @property
    def terms(self) -> Terms:
        """Return the settings that the domain needs."""
        return Terms(
            time_to_answer=timedelta(hours=self.answer_hours),
            time_to_confirm=timedelta(hours=self.confirm_hours),
            debounce=timedelta(milliseconds=self.round_debounce_ms),
            round_time=timedelta(seconds=self.round_seconds),
            round_megabytes=self.round_megabytes,
            snapshots_kept=self.snapshots_kept,
            snapshots_for=timedelta(hours=self.snapshot_hours),
            lapses_before_rest=self.lapses_before_rest,
            rest=timedelta(days=self.rest_days),
        )
