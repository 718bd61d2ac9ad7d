"""What a person may say of themselves: every contradiction in the facts of a mentee or a mentor, named by its field.

Beside the facts that it is about, so that all ways in (the API, people files, notebooks) take and refuse the same, and
the engine is only asked what it can answer. Nothing here reads a clock, a database or a request.
"""

from services.events.validation.fault import Fault
from services.events.validation.musts import standard_must
from services.events.validation.people import MINOR, mentee_faults, mentor_faults

__all__ = ["MINOR", "Fault", "mentee_faults", "mentor_faults", "standard_must"]
