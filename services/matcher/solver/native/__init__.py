"""The compiled core: built by a command where there is a C compiler, loaded if it is built, never required."""

from .c_struct import CStruct, fields, number, pointer, pointers
from .library import NativeLibrary, available, core
from .threads import Slice, share_out, threads_for

__all__ = [
    "CStruct",
    "NativeLibrary",
    "Slice",
    "available",
    "core",
    "fields",
    "number",
    "pointer",
    "pointers",
    "share_out",
    "threads_for",
]
