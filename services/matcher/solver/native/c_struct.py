"""C structures filled with numpy arrays that live exactly as long as they do."""

import ctypes
from typing import Any

import numpy as np

from ..arrays import AnyArray

POINTER = ctypes.c_void_p
NUMBER = ctypes.c_int64


def fields(numbers: str, pointers: str, more_numbers: str = "") -> list[tuple[str, Any]]:
    """Return ctypes fields: some int64 numbers, some pointers, some more numbers, in that order."""
    return [
        *((name, NUMBER) for name in numbers.split()),
        *((name, POINTER) for name in pointers.split()),
        *((name, NUMBER) for name in more_numbers.split()),
    ]


class CStruct:
    """A C structure together with the arrays its pointers point into."""

    def __init__(self, structure: ctypes.Structure, **arrays: AnyArray) -> None:
        self.structure = structure
        self.arrays = arrays
        for name, array in arrays.items():
            if not array.flags.c_contiguous:
                raise ValueError(f"{name} is not contiguous")
            setattr(structure, name, array.ctypes.data)

    def swap(self, name: str, array: AnyArray) -> Any:
        """Point at another array under this name; return the one before, None where there was none."""
        before = self.arrays.get(name)
        self.arrays[name] = np.ascontiguousarray(array)
        setattr(self.structure, name, self.arrays[name].ctypes.data)
        return before

    @property
    def reference(self) -> Any:
        """What a C function takes."""
        return ctypes.byref(self.structure)


def number(value: int) -> ctypes.c_int64:
    """Wrap a number for a C function's int64_t argument."""
    return ctypes.c_int64(value)


def pointer(array: AnyArray) -> ctypes.c_void_p:
    """Point a C function at an array, which the caller keeps alive during the call."""
    return ctypes.c_void_p(array.ctypes.data)


def pointers(*arrays: AnyArray) -> list[ctypes.c_void_p]:
    """Point a C function at several arrays."""
    return [pointer(array) for array in arrays]
