"""Compare a golden example with what a later version of the code reads and writes."""

from collections.abc import Iterator
from typing import Any


def lost(example: Any, written: Any, place: str = "") -> Iterator[str]:
    """Yield the places of an example whose value is no longer written; more fields may be there, at any depth."""
    if isinstance(example, dict) and isinstance(written, dict):
        for name, value in example.items():
            where = f"{place}.{name}".lstrip(".")
            if name in written:
                yield from lost(value, written[name], where)
            else:
                yield where
    elif isinstance(example, list) and isinstance(written, list) and len(example) == len(written):
        for index, (old, new) in enumerate(zip(example, written, strict=True)):
            yield from lost(old, new, f"{place}.{index}".lstrip("."))
    elif type(example) is not type(written) or example != written:
        yield place
