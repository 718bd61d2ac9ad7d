"""The kinds of messages, and which preferences and consents each respects.

To add a kind: a line here, a branch in ``plan.py``, a template in ``letters/``, its sentences in ``words/*.po``.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Need(StrEnum):
    """Why a message may be sent, strongest first."""

    ASKED = "asked"  # the person requested this message: always sent, at any hour
    NEEDED = "needed"  # the programme cannot go on without it: sent to people who agreed to messages
    HELPFUL = "helpful"  # useful, not needed: stops when the person unsubscribes, may wait for once a day


@dataclass(frozen=True)
class Kind:
    """A kind of message: ``name`` is its template, ``worth`` how long it stays deliverable if nothing else ends it."""

    name: str
    need: Need
    worth: timedelta = timedelta(days=3)

    @property
    def urgent(self) -> bool:
        """Return whether it ignores quiet hours, because the person is waiting for it."""
        return self.need is Need.ASKED


WELCOME = Kind("welcome", Need.NEEDED)
APPLICATION_RECEIVED = Kind("application_received", Need.NEEDED)
APPLICATION_APPROVED = Kind("application_approved", Need.NEEDED)
PROPOSAL = Kind("proposal", Need.NEEDED)
PROPOSAL_REMINDER = Kind("proposal_reminder", Need.HELPFUL)
PROPOSAL_LAPSED = Kind("proposal_lapsed", Need.HELPFUL)
INTRODUCTION = Kind("introduction", Need.NEEDED)
INTRODUCTION_REMINDER = Kind("introduction_reminder", Need.HELPFUL)
INTRODUCTION_LAPSED = Kind("introduction_lapsed", Need.HELPFUL)
ACTIVE_MENTEE = Kind("active_mentee", Need.NEEDED)
ACTIVE_MENTOR = Kind("active_mentor", Need.NEEDED)
STILL_LOOKING = Kind("still_looking", Need.HELPFUL)
NOT_THIS_TIME = Kind("not_this_time", Need.HELPFUL)
ENDED_MENTEE = Kind("ended_mentee", Need.NEEDED)
ENDED_MENTOR = Kind("ended_mentor", Need.NEEDED)
WAITING = Kind("waiting", Need.HELPFUL)
SIGN_IN = Kind("sign_in", Need.ASKED, worth=timedelta(hours=1))
ERASURE_RECEIPT = Kind("erasure_receipt", Need.ASKED, worth=timedelta(days=1))

ALL = (
    WELCOME,
    APPLICATION_RECEIVED,
    APPLICATION_APPROVED,
    PROPOSAL,
    PROPOSAL_REMINDER,
    PROPOSAL_LAPSED,
    INTRODUCTION,
    INTRODUCTION_REMINDER,
    INTRODUCTION_LAPSED,
    ACTIVE_MENTEE,
    ACTIVE_MENTOR,
    STILL_LOOKING,
    NOT_THIS_TIME,
    ENDED_MENTEE,
    ENDED_MENTOR,
    WAITING,
    SIGN_IN,
    ERASURE_RECEIPT,
)
BY_NAME = {kind.name: kind for kind in ALL}
