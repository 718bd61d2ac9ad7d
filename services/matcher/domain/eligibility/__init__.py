"""Who may meet whom: hard rules as bit masks, evaluated once per distinct kind of person."""

from services.matcher.domain.eligibility.kinds import Kinds, kinds_of
from services.matcher.domain.eligibility.rules import Rules

__all__ = ["Kinds", "Rules", "kinds_of"]
