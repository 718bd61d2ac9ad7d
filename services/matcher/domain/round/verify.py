"""Rerun a stored round and compare."""

from typing import NamedTuple


class Verification(NamedTuple):
    """Whether the rerun gave the same bytes, and in what it differed."""

    same: bool
    differences: tuple[str, ...] = ()


def verify_round(snapshot_json: str, result_json: str) -> Verification:
    """Read a stored snapshot, run it again, compare with the stored result to the byte."""
    raise RuntimeError("the engine is being written")
