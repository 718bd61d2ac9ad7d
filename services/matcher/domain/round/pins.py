"""Pins: pinned pairs are made first, which removes their mentee and a place of their mentor from the problem."""

from dataclasses import replace

from services.matcher.domain.candidates import Mentee, Mentor, Pair
from services.matcher.domain.explain import explain
from services.matcher.domain.hard_rules.capacity import capacity_of, with_match
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
    made: list[Pair] = []
    refused: list[Pair] = []
    for pin in sorted(snapshot.pins):
        mentee, mentor = mentees.get(pin.mentee_id), mentors.get(pin.mentor_id)
        if mentee is None or mentor is None or pin in snapshot.blocks or not _possible(snapshot, mentee, mentor):
            refused.append(pin)
            continue
        made.append(pin)
        del mentees[mentee.id]
        mentors[mentor.id] = with_match(mentor, mentee.facts.request_shape)
    rest = replace(snapshot, mentees=tuple(mentees.values()), mentors=tuple(mentors.values()), pins=frozenset())
    return rest, tuple(made), tuple(refused)


def _possible(snapshot: Snapshot, mentee: Mentee, mentor: Mentor) -> bool:
    rules = explain(mentee, mentor, snapshot.weights, snapshot.at).rules
    has_place = capacity_of(mentor).takes(mentee.facts.request_shape)
    return has_place and not set(rules) - {"quality_floor"}
