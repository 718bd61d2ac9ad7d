"""Hard rules as bit masks, evaluated once per mentee class."""

from .bit_rules import BitRules
from .mentee_classes import MenteeClasses, mentee_classes

__all__ = ["BitRules", "MenteeClasses", "mentee_classes"]
