"""The vocabularies all services share: codes in ``codes.json``, their labels in ``labels.<locale>.json``.

Codes are data, not enums, so that a list can grow without a release of every consumer; the doors check
them.
"""

from services.events.vocabulary.lists import codes, is_code, label, locales, nearest

__all__ = ["codes", "is_code", "label", "locales", "nearest"]
