"""A mentee who fits less well is served in the end, with one place and two better-fitting newcomers a week."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.matcher.domain.candidates import Mentee
from services.matcher.domain.round import run_round
from tests.support.people import NOW, a_mentee, a_mentor, a_snapshot

MENTOR: dict[str, Any] = {"topics": ("food",), "goals": ("social",), "age_band": "25_34"}
FITS: dict[str, Any] = {"topics": ("food",), "goals": ("social",), "age_band": "25_34"}


def served_in_week(awkward: Mentee, newcomers: dict[str, Any], weeks: int = 60) -> int | None:
    waiting = [awkward]
    for week in range(weeks):
        at = NOW + timedelta(weeks=week)
        mentor = a_mentor(**MENTOR)
        mentor = replace(mentor, facts=replace(mentor.facts, trained_until=at.date()))
        waiting += [a_mentee(f"new-{week:02d}-{n}", waited=timedelta(weeks=-week), **newcomers) for n in range(2)]
        snapshot = replace(a_snapshot(waiting, [mentor]), at=at)
        (served,) = [proposal.mentee_id for proposal in run_round(snapshot).proposals]
        if served == awkward.id:
            return week
        waiting = [mentee for mentee in waiting if mentee.id != served]
    return None


@pytest.mark.parametrize(("newcomers", "latest"), [(FITS, 2), ({**FITS, "situations": ("newly_diagnosed",)}, 4)])
def test_a_mentee_who_fits_less_well_is_served(newcomers: dict[str, Any], latest: int) -> None:
    awkward = a_mentee("awkward", waited=timedelta(0), topics=("work",), goals=("practical",), age_band="65_plus")
    week = served_in_week(awkward, newcomers)
    assert week is not None
    assert week <= latest


def test_a_newcomer_who_fits_equally_well_does_not_go_first() -> None:
    assert served_in_week(a_mentee("first", waited=timedelta(hours=3), **FITS), FITS) == 0
