"""The events of one match between ``mentor`` and ``mentee``, for tests."""

from datetime import datetime, timedelta

from services.events import matcher
from tests.notifications.memory_store import NOON, PROGRAMME

DEADLINE = NOON + timedelta(hours=72)
IDS = {"match_id": "m1", "programme_id": PROGRAMME, "mentee_id": "mentee", "mentor_id": "mentor"}
REASONS = (
    matcher.Reason(criterion="language", band="strong", codes=("en",)),
    matcher.Reason(criterion="life_stage", band="good", codes=("pregnant",)),
)


def proposed(answer_by: datetime = DEADLINE, **who: str) -> matcher.MatchProposed:
    return matcher.MatchProposed(**{**IDS, **who}, round_id="r1", answer_by=answer_by, reasons=REASONS)


def reminder(waiting_for: str = "mentor", answer_by: datetime = DEADLINE) -> matcher.MatchReminderDue:
    return matcher.MatchReminderDue(**IDS, waiting_for=waiting_for, answer_by=answer_by)


def accepted(confirm_by: datetime = DEADLINE) -> matcher.MatchAccepted:
    return matcher.MatchAccepted(**IDS, confirm_by=confirm_by, reasons=REASONS)


def activated() -> matcher.MatchActivated:
    return matcher.MatchActivated(**IDS, waited_seconds=60)


def declined(by: str = "mentor") -> matcher.MatchDeclined:
    return matcher.MatchDeclined(**IDS, by=by)


def expired(waiting_for: str = "mentor") -> matcher.MatchExpired:
    return matcher.MatchExpired(**IDS, waiting_for=waiting_for)


def ended(cause: str = "completed", was: str = "active") -> matcher.MatchEnded:
    return matcher.MatchEnded(**IDS, cause=cause, was=was)
