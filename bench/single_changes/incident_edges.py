"""The edges of one person."""

from typing import NamedTuple


class IncidentEdges(NamedTuple):
    """Rows on the other side, each once, with values above zero and ties."""

    rows: list[int]
    values: list[int]
    ties: list[int]
