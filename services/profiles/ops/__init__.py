"""The operators' commands of profiles."""

from services.profiles.ops.api_keys import api_keys_group
from services.profiles.ops.people import people_group

__all__ = ["api_keys_group", "people_group"]
