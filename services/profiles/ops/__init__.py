"""The operators' commands of profiles."""

from services.profiles.ops.api_keys import api_keys_group
from services.profiles.ops.people import REINDEX, people_group

__all__ = ["REINDEX", "api_keys_group", "people_group"]
