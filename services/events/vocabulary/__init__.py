"""The vocabularies all services share: codes in ``codes.json``, their labels in ``labels.<locale>.json``.

Codes are data, not enums, so that a list can grow without a release of every consumer; the APIs check them.
"""

from services.events.vocabulary.lists import codes, find_code, is_code, label, locales, nearest, spelling, vocabularies

__all__ = ["codes", "find_code", "is_code", "label", "locales", "nearest", "spelling", "vocabularies"]
