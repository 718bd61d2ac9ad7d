"""An optimal assignment that stays optimal while people change, leave and arrive."""

from .dynamic_assignment import NO_PAIRS, DynamicAssignment, Partners, dynamic_assignment

__all__ = ["NO_PAIRS", "DynamicAssignment", "Partners", "dynamic_assignment"]
