from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.matcher.domain.candidates import Mentee
from services.matcher.domain.formulation.priority import HIGHEST, lane, priority, promised_by
from services.matcher.domain.weights import default_weights
from tests.support.people import NOW, a_mentee


def points(mentee: Mentee) -> int:
    return priority(mentee, default_weights(), NOW)


def test_newly_diagnosed_people_have_a_lane_of_their_own() -> None:
    assert lane(a_mentee(situations=("newly_diagnosed",), diagnosed=None), NOW) == "newly_diagnosed"
    assert lane(a_mentee(diagnosed="2029-12"), NOW) == "newly_diagnosed"
    assert lane(a_mentee(diagnosed="2029-01"), NOW) == "standard"
    assert points(a_mentee(diagnosed="2029-12")) > points(a_mentee())


def test_the_month_of_diagnosis_counts_more_than_the_tag() -> None:
    assert lane(a_mentee(situations=("newly_diagnosed",), diagnosed="2010-01"), NOW) == "standard"
    assert lane(a_mentee(situations=("burnout",), diagnosed="2029-12"), NOW) == "newly_diagnosed"


def test_the_tag_alone_counts_for_six_months_from_sign_up() -> None:
    def tagged(days: int) -> Mentee:
        return a_mentee(situations=("newly_diagnosed",), diagnosed=None, waited=timedelta(days=days))

    assert [lane(tagged(days), NOW) for days in (0, 180, 230, 3000)] == ["newly_diagnosed"] * 2 + ["standard"] * 2
    assert lane(a_mentee(diagnosed=None), NOW) == "standard"


def test_the_promise_runs_out_sooner_in_the_priority_lane() -> None:
    new, old = a_mentee(diagnosed="2029-12"), a_mentee()
    assert promised_by(old, default_weights(), NOW) - promised_by(new, default_weights(), NOW) == timedelta(days=11)


def test_past_the_promise_all_people_count_alike_and_above_any_lane() -> None:
    late = a_mentee(waited=timedelta(days=20))
    late_and_new = a_mentee(waited=timedelta(days=20), diagnosed="2029-12")
    fresh_and_new = a_mentee(waited=timedelta(days=2), diagnosed="2029-12")
    assert points(late) == points(late_and_new) > points(fresh_and_new)


def test_being_alone_and_never_having_met_a_peer_help_a_little() -> None:
    assert points(a_mentee(only_support_is_self=True)) > points(a_mentee(never_met_a_peer=True)) > points(a_mentee())


@given(st.integers(0, 4000), st.integers(1, 400))
def test_waiting_longer_never_lowers_priority_nor_exceeds_the_highest(days: int, more: int) -> None:
    before, after = points(a_mentee(waited=timedelta(days=days))), points(a_mentee(waited=timedelta(days=days + more)))
    assert 1 <= before <= after <= HIGHEST


def test_a_start_in_the_future_is_no_wait() -> None:
    assert points(a_mentee(waited=timedelta(days=-3))) == 1
