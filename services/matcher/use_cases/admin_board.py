"""What an admin keeps an eye on: promises at risk, offers about to lapse, and whether every group fares alike."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.matcher.domain.formulation.priority import lane, promised_by
from services.matcher.domain.insights.equity import GroupEquity, Journey, equity
from services.matcher.domain.insights.suggested_weights import Closed, Suggestion, suggest_weights
from services.matcher.domain.match import ENDED_WELL, Match
from services.matcher.ports import UnitOfWork

SOON = timedelta(hours=24)
MOST_COURSES = 20_000
MOST_OUTCOMES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """Somebody whose promise runs out soon, or has."""

    mentee_id: str
    lane: str
    waiting_since: datetime
    promised_by: datetime
    past: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """How many wait in each lane; whose promise is at risk, the earliest first; offers that lapse within a day."""

    as_of: datetime
    lanes: Mapping[str, int]
    past: int
    at_risk: Sequence[AtRisk]
    lapsing: Sequence[Match]


def read_admin_board(uow: UnitOfWork, programme_id: str, most: int) -> Board:
    """The board, with up to ``most`` people and offers; audited, since offers come with their reasons."""
    with uow.begin() as store:
        store.audit("read_board", programme_id, by="admin")
        weights = store.weights.current(programme_id).weights
        people = store.rounds.waiting(programme_id)
        offers = [
            match
            for state in ("proposed", "accepted")
            for match in store.matches.listed(programme_id, None, state=state, limit=10_000)
        ]
        now = store.now
    risks = [
        AtRisk(
            mentee_id=one.id,
            lane=lane(one, now),
            waiting_since=one.facts.waiting_since,
            promised_by=promised,
            past=promised <= now,
        )
        for one in people
        if (promised := promised_by(one, weights, now)) <= now + SOON
    ]
    soon = [match for match in offers if match.answer_by is not None and match.answer_by <= now + SOON]
    return Board(
        as_of=now,
        lanes=Counter(lane(one, now) for one in people),
        past=sum(one.past for one in risks),
        at_risk=sorted(risks, key=lambda one: (one.promised_by, one.mentee_id))[:most],
        lapsing=sorted(soon, key=lambda match: (str(match.answer_by), match.id))[:most],
    )


def read_group_equity(uow: UnitOfWork, programme_id: str) -> Sequence[GroupEquity]:
    """How each group fares, everybody first; over the mentees who signed up last, twenty thousand at most."""
    with uow.begin(read_only=True) as store:
        courses = store.waits.courses(programme_id, MOST_COURSES)
        now = store.now
    return equity(
        Journey(
            mentee=replace(one.mentee, tries=max(0, one.mentee.tries - 1)),  # the first mentor asked is no second try
            hours=max(0.0, ((one.matched_at or now) - one.mentee.facts.waiting_since).total_seconds() / 3600),
            matched=one.matched_at is not None,
            ended_well=one.ended_well,
        )
        for one in courses
    )


def suggest_weights_now(uow: UnitOfWork, programme_id: str) -> tuple[Suggestion | None, int]:
    """Weights that outcomes speak for, None while they say too little; and how many closed matches there are."""
    with uow.begin(read_only=True) as store:
        weights = store.weights.current(programme_id).weights
        outcomes = store.matches.outcomes(programme_id, MOST_OUTCOMES)
    closed = [Closed(parts=tuple(parts), ended_well=ENDED_WELL[cause]) for parts, cause in outcomes]
    return suggest_weights(weights, closed), len(closed)
