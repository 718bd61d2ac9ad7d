"""Convert rows of people, matches, rounds and weights to values and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from services.chassis.messages.codec import decode, from_json, to_json
from services.events.facts import MenteeFacts, MentorFacts
from services.events.matcher import Reason
from services.matcher.domain.known_person import KnownPerson
from services.matcher.domain.match import Match
from services.matcher.domain.records import PublishedWeights, Round, WeightsDraft
from services.matcher.domain.weights import Weights, weights_from_json

if TYPE_CHECKING:
    from services.matcher.domain.explain import Part


def _plain(kind: type, *, but: tuple[str, ...]) -> tuple[str, ...]:
    """Return the fields whose columns have the same names."""
    return tuple(field.name for field in dataclasses.fields(kind) if field.name not in but)


FORGOTTEN = "forgotten"
"""The id of an erased person in ended matches, which stay for the figures."""

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


def member_of(row: sa.Row[Any]) -> KnownPerson:
    """Return a person from their row joined with ``mentee_facts`` and ``mentor_facts``."""
    return KnownPerson(
        person_id=row.person_id,
        programme_id=row.programme_id,
        version=row.version,
        locale=row.locale,
        standing=row.standing,
        paused_until=row.paused_until,
        mentee=decode(MenteeFacts, row.mentee_facts) if row.mentee_facts else None,
        mentor=decode(MentorFacts, row.mentor_facts) if row.mentor_facts else None,
    )


def match_of(row: sa.Row[Any]) -> Match:
    """Return a match from its row."""
    return Match(
        id=row.match_id,
        mentee_id=row.mentee_id or FORGOTTEN,
        mentor_id=row.mentor_id or FORGOTTEN,
        reasons=from_json(tuple[Reason, ...], row.reasons or ()),
        **{name: getattr(row, name) for name in _MATCH_FIELDS},
    )


def match_values(match: Match) -> dict[str, Any]:
    """Return the columns of a match that transitions change."""
    values = {name: getattr(match, name) for name in _MATCH_FIELDS}
    return values | {"remind_at": match.remind_at, "reasons": to_json(match.reasons)}


def parts_of(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Part, ...]:
    """Return the parts of a score, as of the proposal."""
    from services.matcher.domain.explain import Part

    return from_json(tuple[Part, ...], stored or ())


def round_of(row: sa.Row[Any]) -> Round:
    """Return a round from its row."""
    return Round(
        id=row.round_id,
        certificate=row.certificate or {},
        **{name: getattr(row, name) for name in _ROUND_FIELDS},
    )


def round_values(stored: Round) -> dict[str, Any]:
    """Return a round's row, without snapshot and result."""
    values = {name: getattr(stored, name) for name in _ROUND_FIELDS}
    return values | {"certificate": dict(stored.certificate)}


def published_of(row: sa.Row[Any]) -> PublishedWeights:
    """Return a version of the weights; raise ValueError when the stored settings are no longer valid."""
    return PublishedWeights(
        weights=weights_in(row.settings, row.version), published_at=row.published_at, by=row.by, reason=row.reason
    )


def draft_of(row: sa.Row[Any]) -> WeightsDraft:
    """Return a draft of the weights; its version is the one it would get."""
    return WeightsDraft(
        weights=weights_in(row.settings, row.based_on + 1),
        revision=row.revision,
        based_on=row.based_on,
        by=row.by,
        saved_at=row.saved_at,
    )


def weights_in(stored: Mapping[str, Any], version: int) -> Weights:
    """Return weights that were valid when stored; raise ValueError when they no longer are."""
    weights, faults = weights_from_json(stored, version=version)
    if weights is None:
        raise ValueError(f"version {version} of the weights cannot be read: {faults}")
    return weights
