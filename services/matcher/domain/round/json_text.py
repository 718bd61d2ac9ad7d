"""Snapshots and results as canonical JSON: sorted keys, sorted people, one form of every value."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from operator import attrgetter
from typing import Any, cast

from services.chassis.messages.codec import canonical_json, decode
from services.matcher.domain.candidates import Mentee, Mentor, Pair, cached_per_person
from services.matcher.domain.round.snapshot_and_result import RoundResult, Snapshot
from services.matcher.domain.round.warm_start import WarmStart
from services.matcher.domain.weights import weights_from_json, weights_to_json

ENGINE = 3
"""Increased whenever the same snapshot may give another result; stored with every round."""


def snapshot_to_json(snapshot: Snapshot) -> str:
    """Return the canonical text of a snapshot for storage; its SHA-256 is the round's ``input_hash``."""
    return "".join(snapshot_pieces(snapshot))


def snapshot_pieces(snapshot: Snapshot) -> list[str]:
    """Return that text in pieces, one per person, so that pieces equal between rounds can be stored once."""
    before = _text({"at": snapshot.at, "blocks": _in_order(snapshot.blocks), "engine": ENGINE})
    weights = weights_to_json(snapshot.weights)
    after = _text({"pins": _in_order(snapshot.pins), "programme": snapshot.programme, "weights": weights})
    return [
        f'{before[:-1]},"mentees":[',
        *_listed(snapshot.mentees),
        '],"mentors":[',
        *_listed(snapshot.mentors),
        f"],{after[1:]}",
    ]


def _text(value: Any) -> str:
    return canonical_json(value).decode()


def _in_order(items: frozenset[Any]) -> tuple[Any, ...]:
    """Return the items of a set in the order that stored hashes have: that of their JSON in ASCII."""
    return tuple(sorted(items, key=json.dumps))


def _listed(people: Sequence[Mentee] | Sequence[Mentor]) -> list[str]:
    """Return the texts of people in the order of their ids, with the commas between them."""
    in_order: list[Mentee | Mentor] = sorted(people, key=attrgetter("id"))
    texts = list(map(_after_a_comma, in_order))
    return [text[1:] for text in texts[:1]] + texts[1:]


@cached_per_person
def _after_a_comma(person: Mentee | Mentor) -> str:
    return f",{_text(_with_excluded_in_order(person))}"


def _with_excluded_in_order(person: Mentee | Mentor) -> Mentee | Mentor:
    if isinstance(person, Mentor) or len(person.excluded) < 2:
        return person
    return replace(person, excluded=cast(Any, _in_order(person.excluded)))  # a tuple here, to keep its order


@dataclass(frozen=True, kw_only=True)
class _StoredSnapshot:
    """A snapshot as it is stored: the weights are read apart, with defaults for what they lack."""

    programme: str
    at: datetime
    weights: dict[str, Any]
    mentees: tuple[Mentee, ...]
    mentors: tuple[Mentor, ...]
    pins: frozenset[Pair]
    blocks: frozenset[Pair]


def snapshot_from_json(text: str) -> Snapshot:
    """Read a stored snapshot; ``snapshot_to_json(snapshot_from_json(t)) == t`` for a snapshot of this engine."""
    stored = decode(_StoredSnapshot, text)
    weights, faults = weights_from_json(stored.weights)
    if weights is None:
        raise ValueError(f"the stored weights are not valid any more: {faults}")
    return Snapshot(**(vars(stored) | {"weights": weights}))


def result_to_json(result: RoundResult) -> str:
    """Return the canonical text of a result, hashes included, for storage."""
    return _text(result)


def result_from_json(text: str) -> RoundResult:
    """Read a stored result."""
    return decode(RoundResult, text)


def warm_start_to_json(prices: WarmStart) -> str:
    """Return the text of prices for storage; no hash covers it, since no result depends on it."""
    return _text(prices)


def warm_start_from_json(text: str) -> WarmStart:
    """Read stored prices."""
    return decode(WarmStart, text)


def hashed_part(result: RoundResult) -> str:
    """Return the text that the result's own hash covers: everything but that hash."""
    return _text(replace(result, result_hash=""))


def digest(text: str) -> str:
    """Return the SHA-256 of the text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()
