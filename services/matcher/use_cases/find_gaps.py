"""Whom to recruit next: a report that a worker makes, since it settles the pool over and over."""

from collections.abc import Mapping
from typing import Any

from services.matcher.domain.hard_rules.conditions import rule_of
from services.matcher.domain.insights.more_places import more_places
from services.matcher.domain.insights.recruitment import PUBLISHED, Funnel, Gaps, Kind, Recruit, gaps
from services.matcher.domain.records import Report
from services.matcher.domain.round import solve_pool as settle_pool
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.save_transition import FIND_GAPS

KIND = "gaps"
_EFFORT = ((2_000, 3, 6), (10_000, 2, 4))  # people who wait up to, mentors to name, kinds to try for each
_LEAST_EFFORT = (1, 3)
ASKED = 20
"""How many mentors are named whom to ask for one place more."""


def request_gaps(uow: UnitOfWork, programme_id: str, *, by: str, funnel: Mapping[str, int] | None = None) -> Report:
    """Ask for the report afresh; the one made before stays until it is there.

    ``funnel`` says how many people the programme invited and how many of them it appointed; see ``find_gaps``.
    """
    with uow.begin() as store:
        store.reports.ask(programme_id, KIND)
        store.audit("ask_for_gaps", programme_id, by=by)
        store.enqueue(FIND_GAPS, programme_id, payload=funnel)
        return store.reports.get(programme_id, KIND) or Report(asked_at=store.now)


def find_gaps(uow: UnitOfWork, programme_id: str, told: Mapping[str, int] | None = None) -> None:
    """Make the report from the pool as it is, without any lock; larger pools are searched less widely.

    ``told`` are the programme's own numbers of people invited and appointed. Where none are, those of the report before
    hold, and a published programme's where it never told any: whom a programme invites is not known here.
    """
    with uow.begin(read_only=True) as store:
        snapshot = store.rounds.snapshot(programme_id)
        own = told or _told_before(store, programme_id)
    waiting = len(snapshot.mentees)
    recruits, candidates = next(((n, kinds) for most, n, kinds in _EFFORT if waiting <= most), _LEAST_EFFORT)
    funnel = Funnel(**own) if own else PUBLISHED
    solved = settle_pool(snapshot)
    found = gaps(snapshot, recruits=recruits, candidates=candidates, funnel=funnel, solved=solved)
    more = more_places(solved)
    content = _plain(found) | {
        "waiting": waiting,
        "funnel": {**funnel._asdict(), "own": bool(own)},
        "one_more_place": list(more.mentors[:ASKED]) if more.looked else None,
    }
    with uow.begin() as store:
        store.reports.keep(programme_id, KIND, content)


def _told_before(store: Store, programme_id: str) -> Mapping[str, int] | None:
    report = store.reports.get(programme_id, KIND)
    funnel = (report.content or {}).get("funnel", {}) if report is not None else {}
    return {name: funnel[name] for name in Funnel._fields} if funnel.get("own") else None


def _plain(found: Gaps) -> dict[str, Any]:
    return {
        "recruits": [_plain_recruit(one) for one in found.recruits],
        "for_conditions": [_plain_recruit(one) for one in found.for_conditions],
        "idle": [{**_plain_kind(kind), "places": places} for kind, places in found.idle],
    }


def _plain_recruit(one: Recruit) -> dict[str, Any]:
    conditions = [{"rule": rule_of(condition), "values": list(condition[1])} for condition in one.kind.conditions]
    return {
        **_plain_kind(one.kind),
        "conditions": conditions,
        "places": one.places,
        "waiting": one.waiting,
        "more_matched": one.more_matched,
        "invitations": one.invitations,
        "curve": [
            {
                "mentors": point.mentors,
                "places": point.mentors * one.places,
                "more_matched": point.more_matched,
                "invitations": point.mentors * one.invitations,
            }
            for point in one.curve
        ],
    }


def _plain_kind(kind: Kind) -> dict[str, Any]:
    return {name: value for name, value in kind._asdict().items() if name != "conditions"}
