"""Bit-sliced overlaps for the compiled scorer: a row of mentors' bits for every slot."""

import numpy as np
import numpy.typing as npt

from ..arrays import I32, U64, AnyArray

Flags = npt.NDArray[np.bool_]
LEVELS = 8  # 0 to 6 shared slots, and 7 or more; three bits in ``bit_counts.h``
WIDE = 4  # words counted at once, as in ``scan_state.h``


class SharedSlots:
    """Mentors' bits of all overlaps, by mentor and by slot, and the number of slots of each mentor.

    ``bits`` (words, width), mentors by position; ``slots`` (64 * words, stride) bit p of a row: the mentor at position
    p has that slot; ``all_counts`` (O, 3, stride) binary digits of each mentor's number of slots, seven at most.
    """

    def __init__(self, bits: list[U64], width: int) -> None:
        self.stride = -(-width // (64 * WIDE)) * WIDE
        self.bits: U64 = np.concatenate([np.zeros((0, width), np.uint64), *bits])
        self.slots: U64 = np.zeros((64 * len(self.bits), self.stride), np.uint64)
        has = np.unpackbits(self.bits.view(np.uint8).reshape(-1, width, 8), axis=2, bitorder="little")
        by_slot = np.ascontiguousarray(has.transpose(0, 2, 1)).reshape(-1, width)
        self.slots[:, : width // 64] = _pack(by_slot)
        self.all_counts: U64 = np.zeros((len(bits), 3, self.stride), np.uint64)
        for o, words in enumerate(bits):
            count = np.minimum(np.bitwise_count(words).sum(axis=0, dtype=np.int64), LEVELS - 1)
            self.all_counts[o, :, : width // 64] = _pack(count >> np.arange(3)[:, None] & 1)


def levels_of(table: I32) -> I32:
    """Return (rows, 8): the most points for up to 0 to 6 shared bits, and for any number."""
    highest = np.maximum.accumulate(table, axis=1)
    levels: I32 = highest[:, np.minimum(np.arange(LEVELS), table.shape[1] - 1)]
    levels[:, -1] = highest[:, -1]
    return levels


def flat(table: I32) -> Flags:
    """Return (rows,) whether the levels of a row are exact: rising up to six shared bits, constant from seven on."""
    exact: Flags = (np.maximum.accumulate(table, axis=1) == table).all(axis=1) & (
        table[:, LEVELS - 1 :].min(axis=1) == table[:, -1]
    )
    return exact


def _pack(bits: AnyArray) -> U64:
    """Pack the last axis into words, one bit per number."""
    return np.packbits(bits.astype(np.uint8, copy=False), axis=-1, bitorder="little").view(np.uint64)
