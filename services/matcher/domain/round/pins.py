"""Pins: pinned pairs are made first, which removes their mentee and a place of their mentor from the problem."""

from collections.abc import Mapping
from dataclasses import replace

from services.matcher.domain.candidates import Mentee, Mentor, Pair
from services.matcher.domain.formulation.weighted_pool import weigh_pairs
from services.matcher.domain.hard_rules.capacity import has_free_place, with_match
from services.matcher.domain.hard_rules.check_pairs import may_meet
from services.matcher.domain.round.snapshot_and_result import Snapshot


def apply_pins(snapshot: Snapshot) -> tuple[Snapshot, tuple[Pair, ...], tuple[Pair, ...]]:
    """Return the snapshot without pinned people and places, the pairs made, and the pins refused.

    A pin is refused when it breaks a hard rule, is blocked, or finds no place; of two pins of the same mentee the first
    in the order of ids is made.
    """
    if not snapshot.pins:
        return snapshot, (), ()
    mentees = {person.id: person for person in snapshot.mentees}
    mentors = {person.id: person for person in snapshot.mentors}
    possible = _possible(snapshot, mentees, mentors)
    made: list[Pair] = []
    refused: list[Pair] = []
    for pin in sorted(snapshot.pins):
        mentee = mentees.get(pin.mentee_id)
        if (
            mentee is None
            or pin not in possible
            or not has_free_place(mentors[pin.mentor_id], mentee.facts.request_shape)
        ):
            refused.append(pin)
            continue
        made.append(pin)
        del mentees[mentee.id]
        mentors[pin.mentor_id] = with_match(mentors[pin.mentor_id], mentee.facts.request_shape)
    rest = replace(snapshot, mentees=tuple(mentees.values()), mentors=tuple(mentors.values()), pins=frozenset())
    return rest, tuple(made), tuple(refused)


def _possible(snapshot: Snapshot, mentees: Mapping[str, Mentee], mentors: Mapping[str, Mentor]) -> frozenset[Pair]:
    """Return the pins of people in the snapshot that break no hard rule, the quality floor aside."""
    pins = [pin for pin in sorted(snapshot.pins) if pin.mentee_id in mentees and pin.mentor_id in mentors]
    pairs = [(mentees[pin.mentee_id], mentors[pin.mentor_id]) for pin in pins]
    weighted_pool, *rows = weigh_pairs(pairs, snapshot.at, snapshot.weights, snapshot.blocks)
    allowed = may_meet(weighted_pool.rules.without_floor(), *rows)
    return frozenset(pin for pin, meets in zip(pins, allowed.tolist(), strict=True) if meets)
