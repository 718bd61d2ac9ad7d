import pytest

from services.matcher.domain.insights.why_not import why_not
from services.matcher.domain.people import Pair
from tests.support.people import a_mentee, a_mentor, a_snapshot, spoken


def test_a_pair_that_breaks_a_rule_says_which() -> None:
    pool = a_snapshot([a_mentee("sam")], [a_mentor("kim", languages=spoken("es"))])
    assert why_not(pool, Pair("sam", "kim")).rules == ("language",)


def test_a_full_mentor_has_no_place() -> None:
    pool = a_snapshot([a_mentee("sam")], [a_mentor("kim", taken=1)])
    assert why_not(pool, Pair("sam", "kim")).rules == ("places",)


def test_the_pair_the_round_makes_costs_nothing() -> None:
    pool = a_snapshot([a_mentee("sam")], [a_mentor("kim")])
    told = why_not(pool, Pair("sam", "kim"))
    assert told.already
    assert (told.fewer_matched, told.lost_fit) == (0, 0)


def test_forcing_a_pair_shows_who_would_wait_for_it() -> None:
    mentees = [a_mentee("sam"), a_mentee("luz", languages=spoken("es"))]
    mentors = [a_mentor("alex"), a_mentor("ines", languages=spoken("en", "es"))]
    told = why_not(a_snapshot(mentees, mentors), Pair("sam", "ines"))
    assert (told.fewer_matched, told.others) == (1, ("luz",))
    assert told.lost_priority > 0


def test_forcing_a_pair_may_cost_fit_only() -> None:
    mentees = [a_mentee("sam", topics=("food",)), a_mentee("jo", topics=("work",))]
    mentors = [a_mentor("cook", topics=("food",)), a_mentor("worker", topics=("work",))]
    told = why_not(a_snapshot(mentees, mentors), Pair("sam", "worker"))
    assert (told.fewer_matched, told.others) == (0, ("jo",))
    assert told.lost_fit > 0


def test_a_pair_of_strangers_is_refused() -> None:
    with pytest.raises(KeyError):
        why_not(a_snapshot([], []), Pair("sam", "kim"))
