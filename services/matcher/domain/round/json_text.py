"""Snapshots and results as canonical JSON: sorted keys, sorted people, one form of every value."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from services.matcher.domain.candidates import Mentee, Mentor, Pair, Person, cached_per_person
from services.matcher.domain.round.canonical_json import canonical, restore
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
    before = canonical({"at": snapshot.at, "blocks": snapshot.blocks, "engine": ENGINE})
    after = {"pins": snapshot.pins, "programme": snapshot.programme, "weights": weights_to_json(snapshot.weights)}
    return [
        f'{before[:-1]},"mentees":[',
        *_listed(snapshot.mentees),
        '],"mentors":[',
        *_listed(snapshot.mentors),
        f"],{canonical(after)[1:]}",
    ]


def _listed(people: Sequence[Mentee] | Sequence[Mentor]) -> list[str]:
    """Return the texts of people in the order of their ids, with the commas between them."""
    texts = [_text_of(person) for person in sorted(people, key=lambda person: person.id)]
    return texts[:1] + [f",{text}" for text in texts[1:]]


@cached_per_person
def _text_of(person: Person) -> str:
    return canonical(person)


def snapshot_from_json(text: str) -> Snapshot:
    """Read a stored snapshot; ``snapshot_to_json(snapshot_from_json(t)) == t`` for a snapshot of this engine."""
    stored: dict[str, Any] = json.loads(text)
    weights, faults = weights_from_json(stored["weights"])
    if weights is None:
        raise ValueError(f"the stored weights are not valid any more: {faults}")
    fields = {
        "programme": str,
        "at": Snapshot.__annotations__["at"],
        "mentees": tuple[Mentee, ...],
        "mentors": tuple[Mentor, ...],
        "pins": frozenset[Pair],
        "blocks": frozenset[Pair],
    }
    return Snapshot(weights=weights, **{name: restore(kind, stored[name]) for name, kind in fields.items()})


def result_to_json(result: RoundResult) -> str:
    """Return the canonical text of a result, hashes included, for storage."""
    return canonical(result)


def result_from_json(text: str) -> RoundResult:
    """Read a stored result."""
    result: RoundResult = restore(RoundResult, json.loads(text))
    return result


def warm_start_to_json(prices: WarmStart) -> str:
    """Return the text of prices for storage; no hash covers it, since no result depends on it."""
    return canonical(prices)


def warm_start_from_json(text: str) -> WarmStart:
    """Read stored prices."""
    stored = json.loads(text)
    seats = {name: (int(price), int(tie)) for name, (price, tie) in stored["seats"].items()}
    return WarmStart(unit=stored["unit"], seats=seats, pairs=stored["pairs"])


def hashed_part(result: RoundResult) -> str:
    """Return the text that the result's own hash covers: everything but that hash."""
    return canonical(replace(result, result_hash=""))
