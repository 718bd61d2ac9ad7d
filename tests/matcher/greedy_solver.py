"""A round that anyone can follow: whoever waits longest gets the first mentor who shares a language.

The stories are about what happens around a round, so they use this one; test_walk.py tells some with the real engine.
"""

from __future__ import annotations

import hashlib
from collections import Counter

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.explain import Part
from services.matcher.domain.round import Proposal, RoundResult, Snapshot, Unmatched, snapshot_to_json
from services.matcher.solver.assignment import Certificate


def in_turn(snapshot: Snapshot) -> RoundResult:
    taken: Counter[str] = Counter()
    proposals, unmatched = [], []
    for mentee in sorted(snapshot.mentees, key=lambda one: (one.facts.waiting_since, one.id)):
        fitting = [mentor for mentor in sorted(snapshot.mentors, key=lambda one: one.id) if _fits(mentee, mentor)]
        fitting = [mentor for mentor in fitting if (mentee.id, mentor.id) not in snapshot.blocks]
        free = [mentor for mentor in fitting if mentor.free > taken[mentor.id]]
        if not free:
            unmatched.append(Unmatched(mentee_id=mentee.id, cause="capacity" if fitting else "never_possible"))
            continue
        taken[free[0].id] += 1
        parts = (
            Part(criterion="language", score=90, weight=600, band="strong", codes=_shared(mentee, free[0])),
            Part(criterion="style", score=10, weight=400, band=""),
        )
        proposals.append(Proposal(mentee_id=mentee.id, mentor_id=free[0].id, score=58, parts=parts, reasons=parts[:1]))
    text = snapshot_to_json(snapshot)
    return RoundResult(
        proposals=tuple(sorted(proposals, key=lambda one: one.mentee_id)),
        alternates=(),
        unmatched=tuple(sorted(unmatched, key=lambda one: one.mentee_id)),
        refused_pins=(),
        certificate=Certificate(primal=len(proposals), dual=len(proposals), violations=0),
        input_hash=hashlib.sha256(text.encode()).hexdigest(),
        result_hash=hashlib.sha256(repr(proposals).encode()).hexdigest(),
    )


def _shared(mentee: Mentee, mentor: Mentor) -> tuple[str, ...]:
    return tuple(sorted({s.tag for s in mentee.facts.languages} & {s.tag for s in mentor.facts.languages}))


def _fits(mentee: Mentee, mentor: Mentor) -> bool:
    return bool(_shared(mentee, mentor)) and mentor.id not in mentee.excluded and mentor.facts.approved
