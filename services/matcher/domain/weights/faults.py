"""A fault in weights that an admin sent: where it is, and what to do."""

from typing import NamedTuple


class Fault(NamedTuple):
    """``field`` is a dotted path (``criteria.language.weight``); ``message`` says what to write."""

    field: str
    message: str
