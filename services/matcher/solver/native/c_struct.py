"""C structures that own the numpy arrays they point into."""

import ctypes
from typing import Any

import numpy as np

from ..arrays import AnyArray

POINTER = ctypes.c_void_p
NUMBER = ctypes.c_int64


def fields(numbers: str, pointers: str, more_numbers: str = "") -> list[tuple[str, Any]]:
    """Return ctypes fields: int64 numbers, then pointers, then more numbers."""
    return [
        *((name, NUMBER) for name in numbers.split()),
        *((name, POINTER) for name in pointers.split()),
        *((name, NUMBER) for name in more_numbers.split()),
    ]


class CStruct:
    """A C structure and the arrays its pointers point into."""

    def __init__(self, structure: ctypes.Structure, **arrays: AnyArray) -> None:
        self.structure = structure
        self.arrays = arrays
        for name, array in arrays.items():
            if not array.flags.c_contiguous:
                raise ValueError(f"{name} is not contiguous")
            setattr(structure, name, array.ctypes.data)

    def swap(self, name: str, array: AnyArray) -> Any:
        """Set a pointer to another array; return the previous array, or None."""
        before = self.arrays.get(name)
        self.arrays[name] = np.ascontiguousarray(array)
        setattr(self.structure, name, self.arrays[name].ctypes.data)
        return before

    @property
    def reference(self) -> Any:
        """The argument for a C function."""
        return ctypes.byref(self.structure)


def number(value: int) -> ctypes.c_int64:
    """Return a number as an int64_t argument."""
    return ctypes.c_int64(value)


def pointer(array: AnyArray) -> ctypes.c_void_p:
    """Return an array as a pointer argument; the caller keeps it alive during the call."""
    return ctypes.c_void_p(array.ctypes.data)


def pointers(*arrays: AnyArray) -> list[ctypes.c_void_p]:
    """Return several arrays as pointer arguments."""
    return [pointer(array) for array in arrays]
