"""Report which mentors to recruit next; a worker makes it, since it solves the pool many times."""

from collections.abc import Mapping
from typing import Any

from services.matcher.domain.hard_rules.conditions import rule_of
from services.matcher.domain.insights.more_places import more_places
from services.matcher.domain.insights.recruitment import PUBLISHED, Funnel, Gaps, Kind, Recruit, gaps
from services.matcher.domain.records import Report
from services.matcher.domain.round import solve_pool
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.save_transition import FIND_GAPS

KIND = "gaps"
_EFFORT = ((2_000, 3, 6), (10_000, 2, 4))  # waiting mentees at most, mentors to name, kinds to try for each
_LEAST_EFFORT = (1, 3)
NAMED = 20
"""How many mentors the report names who could be asked for one more place."""


def request_gaps(uow: UnitOfWork, programme_id: str, *, by: str, funnel: Mapping[str, int] | None = None) -> Report:
    """Queue a new report; the last one stays until it is made.

    ``funnel`` is how many people the programme invited and how many of them it appointed; see ``find_gaps``.
    """
    with uow.begin() as store:
        store.reports.ask(programme_id, KIND)
        store.audit("ask_for_gaps", programme_id, by=by)
        store.enqueue(FIND_GAPS, programme_id, payload=funnel)
        return store.reports.get(programme_id, KIND) or Report(asked_at=store.now)


def read_gaps_report(uow: UnitOfWork, programme_id: str) -> Report | None:
    """Return the last report, or None when it was never requested."""
    with uow.begin(read_only=True) as store:
        return store.reports.get(programme_id, KIND)


def find_gaps(uow: UnitOfWork, programme_id: str, own: Mapping[str, int] | None = None) -> None:
    """Make the report from the current pool, without any lock; larger pools are searched less widely.

    ``own`` are the programme's numbers of people invited and appointed. Without them those of the last report are used,
    and those of a published programme where it never gave any: the matcher does not see invitations.
    """
    with uow.begin(read_only=True) as store:
        snapshot = store.rounds.snapshot(programme_id)
        own = own or _own_numbers_before(store, programme_id)
    waiting = len(snapshot.mentees)
    recruits, candidates = next(((n, kinds) for most, n, kinds in _EFFORT if waiting <= most), _LEAST_EFFORT)
    funnel = Funnel(**own) if own else PUBLISHED
    solved = solve_pool(snapshot)
    result = gaps(snapshot, recruits=recruits, candidates=candidates, funnel=funnel, solved=solved)
    extra = more_places(solved)
    content = _plain(result) | {
        "waiting": waiting,
        "funnel": {**funnel._asdict(), "own": bool(own)},
        "one_more_place": list(extra.mentors[:NAMED]) if extra.looked else None,
    }
    with uow.begin() as store:
        store.reports.keep(programme_id, KIND, content)


def _own_numbers_before(store: Store, programme_id: str) -> Mapping[str, int] | None:
    report = store.reports.get(programme_id, KIND)
    funnel = (report.content or {}).get("funnel", {}) if report is not None else {}
    return {name: funnel[name] for name in Funnel._fields} if funnel.get("own") else None


def _plain(result: Gaps) -> dict[str, Any]:
    return {
        "recruits": [_plain_recruit(recruit) for recruit in result.recruits],
        "for_conditions": [_plain_recruit(recruit) for recruit in result.for_conditions],
        "idle": [{**_plain_kind(kind), "places": places} for kind, places in result.idle],
    }


def _plain_recruit(recruit: Recruit) -> dict[str, Any]:
    conditions = [{"rule": rule_of(condition), "values": list(condition[1])} for condition in recruit.kind.conditions]
    return {
        **_plain_kind(recruit.kind),
        "conditions": conditions,
        "places": recruit.places,
        "waiting": recruit.waiting,
        "more_matched": recruit.more_matched,
        "invitations": recruit.invitations,
        "curve": [
            {
                "mentors": point.mentors,
                "places": point.mentors * recruit.places,
                "more_matched": point.more_matched,
                "invitations": point.mentors * recruit.invitations,
            }
            for point in recruit.curve
        ],
    }


def _plain_kind(kind: Kind) -> dict[str, Any]:
    return {name: value for name, value in kind._asdict().items() if name != "conditions"}
