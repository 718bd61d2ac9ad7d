"""Languages by their BCP 47 tags (``en``, ``pt-BR``, ``ase``), in one spelling each."""

import re

import langcodes
from langcodes.tag_parser import LanguageTagError

LONGEST = 35
SHAPE = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"  # for descriptions; whether it is a language, langcodes tells


def standard_tag(text: str) -> str | None:
    """Return the standard form of a BCP 47 tag, or None when it is none that is registered."""
    if len(text) > LONGEST or re.fullmatch(SHAPE, text) is None:
        return None
    try:
        found = langcodes.standardize_tag(text)
    except (LanguageTagError, ValueError):
        return None
    return found if found != "und" and langcodes.Language.get(found).is_valid() else None
