"""Validate the facts of mentees and mentors: every fault with the name of its field.

It lives beside the facts so that all inputs (the API, people files, notebooks) accept and refuse the same, and the
engine only gets facts that it can handle. Nothing here reads a clock, a database or a request.
"""

from pathlib import Path

from services.events.validation.fault import Fault
from services.events.validation.musts import standard_must
from services.events.validation.people import MINOR, mentee_faults, mentor_faults

__all__ = ["MINOR", "VALIDATION_WORDS", "Fault", "mentee_faults", "mentor_faults", "standard_must"]

VALIDATION_WORDS = Path(__file__).parent / "words"
"""The translations of what the validation says."""
