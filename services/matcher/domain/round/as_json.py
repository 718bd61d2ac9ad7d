"""Snapshots and results as canonical JSON: sorted keys, sorted people, one spelling for every value."""

from services.matcher.domain.round.values import RoundResult, Snapshot


def snapshot_to_json(snapshot: Snapshot) -> str:
    """The canonical text of a snapshot, to be stored; its SHA-256 is the round's ``input_hash``."""
    raise RuntimeError("the engine is being written")


def snapshot_from_json(text: str) -> Snapshot:
    """Read a stored snapshot; ``snapshot_to_json(snapshot_from_json(t)) == t``."""
    raise RuntimeError("the engine is being written")


def result_to_json(result: RoundResult) -> str:
    """The canonical text of a result, hashes included, to be stored."""
    raise RuntimeError("the engine is being written")


def result_from_json(text: str) -> RoundResult:
    """Read a stored result."""
    raise RuntimeError("the engine is being written")
