"""Capacity classes, the solver's columns: a mentor with several limits has up to three of them.

The limits are nested (see ``capacity``), so classes express them exactly, and the transportation problem stays
integral.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from services.events.vocabulary import codes
from services.matcher.domain.candidates import Mentor
from services.matcher.domain.hard_rules.capacity import Capacity, capacity_of
from services.matcher.solver.arrays import I64, U64

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class CapacityClasses:
    """The K columns of the solver: mentor ``mentor_rows[k]`` has ``places[k]`` places for the shapes in ``masks[k]``.

    They express the same limits as ``capacity`` (N).
    """

    mentor_rows: I64  # (K,)
    places: I64  # (K,)
    masks: U64  # (K,) bit s: takes the vocabulary's shape s
    capacity: tuple[Capacity, ...]

    @cached_property
    def open_to(self) -> dict[str, Flags]:
        """Return, by shape, which mentors (N) can take one request of it before anyone is placed."""
        return {
            shape: np.array([capacity.takes(shape) for capacity in self.capacity], dtype=np.bool_)
            for shape in codes("request_shape")
        }


def capacity_classes(mentors: Sequence[Mentor]) -> CapacityClasses:
    """Return the capacity classes of all mentors; a mentor without free places has none."""
    capacity = tuple(map(capacity_of, mentors))
    split_capacity = [(row, *seats) for row, mentor_capacity in enumerate(capacity) for seats in mentor_capacity.seats]
    rows, places, masks = (
        [row for row, _, _ in split_capacity],
        [n for _, n, _ in split_capacity],
        [shape_mask(s) for _, _, s in split_capacity],
    )
    return CapacityClasses(
        np.array(rows, dtype=np.int64), np.array(places, dtype=np.int64), np.array(masks, dtype=np.uint64), capacity
    )


def shape_mask(shapes: frozenset[str]) -> int:
    """Return shapes as bits, in the order of the vocabulary."""
    return sum(1 << place for place, shape in enumerate(codes("request_shape")) if shape in shapes)
