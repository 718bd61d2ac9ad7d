import pytest

from services.matcher.domain.insights.why_waiting import why_waiting
from services.matcher.domain.round import settle
from tests.support.people import a_mentee, a_mentor, a_snapshot, spoken


def test_the_people_who_share_too_few_places_are_named() -> None:
    mentees = [a_mentee(f"s{n}", languages=spoken("es")) for n in range(3)]
    settled = settle(a_snapshot(mentees, [a_mentor("ines", capacity=2, languages=spoken("es")), a_mentor("alex")]))
    (left,) = {one.id for one in mentees} - set(settled.mentor_of)
    told = why_waiting(settled, left)
    assert told is not None
    assert told.why.cause == "shortage"
    assert told.crowd is not None
    assert (len(told.crowd.mentees), told.crowd.places, told.crowd.mentors) == (3, 2, ("ines",))
    assert ("language", "es") in told.crowd.have_in_common


def test_a_cause_that_is_no_shortage_has_no_crowd() -> None:
    told = why_waiting(settle(a_snapshot([a_mentee("sam")], [a_mentor(languages=spoken("es"))])), "sam")
    assert told is not None
    assert (told.why.cause, told.crowd) == ("never_possible", None)


def test_who_has_a_mentor_waits_for_nothing_and_a_stranger_is_refused() -> None:
    settled = settle(a_snapshot([a_mentee("sam")], [a_mentor()]))
    assert why_waiting(settled, "sam") is None
    with pytest.raises(KeyError):
        why_waiting(settled, "nobody")
