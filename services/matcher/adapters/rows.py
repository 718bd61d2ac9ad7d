"""Rows to values and back, by hand: what is stored of people, matches, rounds and weights."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from services.chassis.messages.codec import decode, to_json
from services.events.facts import MenteeFacts, MentorFacts
from services.events.matcher import Reason
from services.matcher.domain.known_person import KnownPerson
from services.matcher.domain.match import Match
from services.matcher.domain.records import PublishedWeights, Round, WeightsDraft
from services.matcher.domain.weights import Weights, weights_from_json

if TYPE_CHECKING:
    from services.matcher.domain.explain import Part


def _plain(kind: type, *, but: tuple[str, ...]) -> tuple[str, ...]:
    """The fields whose columns bear the same names."""
    return tuple(field.name for field in dataclasses.fields(kind) if field.name not in but)


FORGOTTEN = "forgotten"
"""Stands for a person who was erased, in the ended matches that are left for the figures."""

_MATCH_FIELDS = (
    "programme_id",
    "round_id",
    "attempt",
    "state",
    "version",
    "waiting_since",
    "proposed_at",
    "asked_at",
    "answer_by",
    "reminded_at",
    "accepted_at",
    "active_at",
    "ended_at",
    "end_cause",
    "ended_by",
    "decline_reason",
)
_ROUND_FIELDS = (
    "programme_id",
    "fence",
    "state",
    "weights_version",
    "opened_at",
    "applied_at",
    "mentees",
    "mentors",
    "input_hash",
    "result_hash",
    "proposed",
    "unmatched",
    "dropped",
    "step",
    "share",
    "released_at",
)


def text_of(value: Any) -> str:
    """Facts as stored: canonical JSON."""
    return json.dumps(to_json(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def mentee_facts(stored: str) -> MenteeFacts:
    """Read what `text_of` wrote of a mentee."""
    kind: Any = MenteeFacts
    facts: MenteeFacts = decode(kind, stored.encode())
    return facts


def mentor_facts(stored: str) -> MentorFacts:
    """Read what `text_of` wrote of a mentor."""
    kind: Any = MentorFacts
    facts: MentorFacts = decode(kind, stored.encode())
    return facts


def member_of(row: sa.Row[Any]) -> KnownPerson:
    """A person, from their row joined with ``mentee_facts`` and ``mentor_facts``."""
    return KnownPerson(
        person_id=row.person_id,
        programme_id=row.programme_id,
        version=row.version,
        locale=row.locale,
        standing=row.standing,
        paused_until=row.paused_until,
        mentee=mentee_facts(row.mentee_facts) if row.mentee_facts else None,
        mentor=mentor_facts(row.mentor_facts) if row.mentor_facts else None,
    )


def match_of(row: sa.Row[Any]) -> Match:
    """A match, from its row."""
    return Match(
        id=row.match_id,
        mentee_id=row.mentee_id or FORGOTTEN,
        mentor_id=row.mentor_id or FORGOTTEN,
        reasons=tuple(
            Reason(criterion=told["criterion"], band=told["band"], codes=tuple(told["codes"]))
            for told in row.reasons or ()
        ),
        **{name: getattr(row, name) for name in _MATCH_FIELDS},
    )


def match_values(match: Match) -> dict[str, Any]:
    """What changes in a match's row from step to step."""
    values = {name: getattr(match, name) for name in _MATCH_FIELDS}
    return values | {"remind_at": match.remind_at, "reasons": to_json(match.reasons)}


def parts_of(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Part, ...]:
    """The parts of a score, as they were when the match was proposed."""
    from services.matcher.domain.explain import Part

    return tuple(Part(**{**told, "codes": tuple(told["codes"])}) for told in stored or ())


def round_of(row: sa.Row[Any]) -> Round:
    """A round, from its row."""
    return Round(
        id=row.round_id,
        certificate=row.certificate or {},
        **{name: getattr(row, name) for name in _ROUND_FIELDS},
    )


def round_values(kept: Round) -> dict[str, Any]:
    """A round's row, without what it read and decided."""
    values = {name: getattr(kept, name) for name in _ROUND_FIELDS}
    return values | {"certificate": dict(kept.certificate)}


def published_of(row: sa.Row[Any]) -> PublishedWeights:
    """A version of the weights; ValueError when what is stored is no weights any more."""
    return PublishedWeights(
        weights=weights_in(row.settings, row.version), published_at=row.published_at, by=row.by, reason=row.reason
    )


def draft_of(row: sa.Row[Any]) -> WeightsDraft:
    """A draft of the weights; its version is the one it would get."""
    return WeightsDraft(
        weights=weights_in(row.settings, row.based_on + 1),
        revision=row.revision,
        based_on=row.based_on,
        by=row.by,
        saved_at=row.saved_at,
    )


def weights_in(stored: Mapping[str, Any], version: int) -> Weights:
    """Read weights that were valid when they were stored."""
    found, faults = weights_from_json(stored, version=version)
    if found is None:
        raise ValueError(f"version {version} of the weights cannot be read: {faults}")
    return found
