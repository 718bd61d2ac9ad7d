"""Language tags (BCP 47: ``en``, ``pt-BR``, ``ase``) in standard form."""

import re

import langcodes
from langcodes.tag_parser import LanguageTagError

LONGEST = 35
SHAPE = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"  # for descriptions; langcodes decides whether it is a language


def standard_tag(text: str) -> str | None:
    """Return the standard form of a BCP 47 tag, or None if the tag is not registered."""
    if len(text) > LONGEST or re.fullmatch(SHAPE, text) is None:
        return None
    try:
        tag = langcodes.standardize_tag(text)
    except (LanguageTagError, ValueError):
        return None
    return tag if tag != "und" and langcodes.Language.get(tag).is_valid() else None
