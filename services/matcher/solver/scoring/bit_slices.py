"""Slots of the week and the like as the compiled scorer counts them: a row of mentors' bits for every slot."""

import numpy as np
import numpy.typing as npt

from ..arrays import I32, U64, AnyArray

Flags = npt.NDArray[np.bool_]
LEVELS = 8  # 0 to 6 shared slots, and seven or more; three bits in `overlap.h`
WIDE = 4  # words counted side by side, as in `state.h`


class SharedSlots:
    """Mentors' bits of all overlaps, by mentor and by slot, and counters of all that each mentor has.

    `bits` (words, width) as they came, mentors by position; `slots` (64 * words, stride) bit p of a row: the mentor at
    position p has that slot; `all_counts` (O, 3, stride) binary digits of how many each has, seven at most.
    """

    def __init__(self, bits: list[U64], width: int) -> None:
        self.stride = -(-width // (64 * WIDE)) * WIDE
        self.bits: U64 = np.concatenate([np.zeros((0, width), np.uint64), *bits])
        self.slots: U64 = np.zeros((64 * len(self.bits), self.stride), np.uint64)
        has = np.unpackbits(self.bits.view(np.uint8).reshape(-1, width, 8), axis=2, bitorder="little")
        by_slot = np.ascontiguousarray(has.transpose(0, 2, 1)).reshape(-1, width)
        self.slots[:, : width // 64] = _packed(by_slot)
        self.all_counts: U64 = np.zeros((len(bits), 3, self.stride), np.uint64)
        for o, words in enumerate(bits):
            count = np.minimum(np.bitwise_count(words).sum(axis=0, dtype=np.int64), LEVELS - 1)
            self.all_counts[o, :, : width // 64] = _packed(count >> np.arange(3)[:, None] & 1)


def levels_of(table: I32) -> I32:
    """Return (rows, 8) what 0 to 6 shared bits are worth at most, and what seven or more are."""
    highest = np.maximum.accumulate(table, axis=1)
    levels: I32 = highest[:, np.minimum(np.arange(LEVELS), table.shape[1] - 1)]
    levels[:, -1] = highest[:, -1]
    return levels


def flat(table: I32) -> Flags:
    """Return (rows,) whether the levels of a row say all: rising up to six shared bits, the same from seven on."""
    found: Flags = (np.maximum.accumulate(table, axis=1) == table).all(axis=1) & (
        table[:, LEVELS - 1 :].min(axis=1) == table[:, -1]
    )
    return found


def _packed(bits: AnyArray) -> U64:
    """Return one bit per number of the last axis, in words."""
    return np.packbits(bits.astype(np.uint8, copy=False), axis=-1, bitorder="little").view(np.uint64)
