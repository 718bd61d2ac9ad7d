"""Read what an admin watches: promises at risk, offers about to lapse, and equity between groups."""

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
MOST_HISTORIES = 20_000
MOST_OUTCOMES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """A mentee whose promised waiting time runs out soon, or has run out (``past``)."""

    mentee_id: str
    lane: str
    waiting_since: datetime
    promised_by: datetime
    past: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """People waiting per lane; promises at risk, the earliest first; offers that lapse within a day."""

    as_of: datetime
    lanes: Mapping[str, int]
    past: int
    at_risk: Sequence[AtRisk]
    lapsing: Sequence[Match]


def read_admin_board(uow: UnitOfWork, programme_id: str, most: int, *, by: str) -> Board:
    """Return the board, with up to ``most`` people and offers; audited, since offers come with their reasons."""
    with uow.begin() as store:
        store.audit("read_board", programme_id, by=by)
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
            mentee_id=mentee.id,
            lane=lane(mentee, now),
            waiting_since=mentee.facts.waiting_since,
            promised_by=promised,
            past=promised <= now,
        )
        for mentee in people
        if (promised := promised_by(mentee, weights, now)) <= now + SOON
    ]
    soon = [match for match in offers if match.answer_by is not None and match.answer_by <= now + SOON]
    return Board(
        as_of=now,
        lanes=Counter(lane(mentee, now) for mentee in people),
        past=sum(risk.past for risk in risks),
        at_risk=sorted(risks, key=lambda risk: (risk.promised_by, risk.mentee_id))[:most],
        lapsing=sorted(soon, key=lambda match: (str(match.answer_by), match.id))[:most],
    )


def read_group_equity(uow: UnitOfWork, programme_id: str) -> Sequence[GroupEquity]:
    """Return figures per group, all mentees first; over the 20,000 mentees who signed up last."""
    with uow.begin(read_only=True) as store:
        histories = store.waits.histories(programme_id, MOST_HISTORIES)
        now = store.now
    return equity(
        Journey(
            mentee=replace(history.mentee, tries=max(0, history.mentee.tries - 1)),  # the first try is not a second one
            hours=max(0.0, ((history.matched_at or now) - history.mentee.facts.waiting_since).total_seconds() / 3600),
            matched=history.matched_at is not None,
            ended_well=history.ended_well,
        )
        for history in histories
    )


def suggest_weights_now(uow: UnitOfWork, programme_id: str) -> tuple[Suggestion | None, int]:
    """Return the weights that outcomes suggest (None while evidence is thin) and the number of closed matches."""
    with uow.begin(read_only=True) as store:
        weights = store.weights.current(programme_id).weights
        outcomes = store.matches.outcomes(programme_id, MOST_OUTCOMES)
    closed = [Closed(parts=tuple(parts), ended_well=ENDED_WELL[cause]) for parts, cause in outcomes]
    return suggest_weights(weights, closed), len(closed)
