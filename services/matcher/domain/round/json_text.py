"""Snapshots and results as canonical JSON: sorted keys, sorted people, one spelling for every value."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from services.matcher.domain.candidates import Mentee, Mentor, Pair, Person, kept
from services.matcher.domain.round.canonical_json import canonical, restore
from services.matcher.domain.round.snapshot_and_result import RoundResult, Snapshot
from services.matcher.domain.round.warm_start import WarmStart
from services.matcher.domain.weights import weights_from_json, weights_to_json

ENGINE = 3
"""Grows whenever the same snapshot may give another result; stored with every round."""


def snapshot_to_json(snapshot: Snapshot) -> str:
    """The canonical text of a snapshot, to be stored; its SHA-256 is the round's ``input_hash``."""
    return "".join(snapshot_pieces(snapshot))


def snapshot_pieces(snapshot: Snapshot) -> list[str]:
    """The same text in pieces, each person one of their own: what is the same from round to round is kept once."""
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
    """Texts of people in the order of their ids, with the commas between them."""
    texts = [_text_of(one) for one in sorted(people, key=lambda one: one.id)]
    return texts[:1] + [f",{text}" for text in texts[1:]]


@kept
def _text_of(person: Person) -> str:
    return canonical(person)


def snapshot_from_json(text: str) -> Snapshot:
    """Read a stored snapshot; ``snapshot_to_json(snapshot_from_json(t)) == t`` for one of this engine."""
    told: dict[str, Any] = json.loads(text)
    weights, faults = weights_from_json(told["weights"])
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
    return Snapshot(weights=weights, **{name: restore(kind, told[name]) for name, kind in fields.items()})


def result_to_json(result: RoundResult) -> str:
    """The canonical text of a result, hashes included, to be stored."""
    return canonical(result)


def result_from_json(text: str) -> RoundResult:
    """Read a stored result."""
    found: RoundResult = restore(RoundResult, json.loads(text))
    return found


def warm_start_to_json(prices: WarmStart) -> str:
    """The text of prices, to be stored beside the result; no hash covers it, since no result depends on it."""
    return canonical(prices)


def warm_start_from_json(text: str) -> WarmStart:
    """Read stored prices."""
    told = json.loads(text)
    seats = {name: (int(price), int(tie)) for name, (price, tie) in told["seats"].items()}
    return WarmStart(unit=told["unit"], seats=seats, pairs=told["pairs"])


def hashed_part(result: RoundResult) -> str:
    """What the result's own hash covers: everything but that hash."""
    return canonical(replace(result, result_hash=""))
