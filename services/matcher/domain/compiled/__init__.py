"""The compiled core: built by a command when there is a C compiler, loaded when it is there, never needed."""

from services.matcher.domain.compiled.held import Held, fields, number, pointer, pointers
from services.matcher.domain.compiled.lanes import Slice, lanes_for, share_out
from services.matcher.domain.compiled.loading import Core, available, core

__all__ = [
    "Core",
    "Held",
    "Slice",
    "available",
    "core",
    "fields",
    "lanes_for",
    "number",
    "pointer",
    "pointers",
    "share_out",
]
