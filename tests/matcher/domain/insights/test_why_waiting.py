import pytest

from services.matcher.domain.insights.why_waiting import why_waiting
from services.matcher.domain.round import solve_pool
from tests.matcher.domain.insights.whole_mentors import WholeMentors, a_mixed_pool
from tests.support.people import a_mentee, a_mentor, a_snapshot, spoken


def test_the_people_who_share_too_few_places_are_named() -> None:
    mentees = [a_mentee(f"s{n}", languages=spoken("es")) for n in range(3)]
    solved = solve_pool(a_snapshot(mentees, [a_mentor("ines", capacity=2, languages=spoken("es")), a_mentor("alex")]))
    (left,) = {mentee.id for mentee in mentees} - set(solved.mentor_of)
    why = why_waiting(solved, left)
    assert why is not None
    assert why.why.cause == "shortage"
    assert why.crowd is not None
    assert (len(why.crowd.mentees), why.crowd.places, why.crowd.mentors) == (3, 2, ("ines",))
    assert ("language", "es") in why.crowd.have_in_common


def test_a_cause_other_than_shortage_has_no_bottleneck() -> None:
    why = why_waiting(solve_pool(a_snapshot([a_mentee("sam")], [a_mentor(languages=spoken("es"))])), "sam")
    assert why is not None
    assert (why.why.cause, why.crowd) == ("never_possible", None)


def test_a_matched_mentee_has_no_cause_and_an_unknown_person_is_refused() -> None:
    solved = solve_pool(a_snapshot([a_mentee("sam")], [a_mentor()]))
    assert why_waiting(solved, "sam") is None
    with pytest.raises(KeyError):
        why_waiting(solved, "nobody")


@pytest.mark.parametrize("seed", range(40))
def test_a_bottleneck_has_one_place_too_few_among_all_its_eligible_mentors(seed: int) -> None:
    snapshot = a_mixed_pool(seed)
    why, solved = WholeMentors(snapshot), solve_pool(snapshot)
    for mentee in snapshot.mentees:
        found = why_waiting(solved, mentee.id)
        if found is None or found.crowd is None:
            continue
        crowd = found.crowd
        assert mentee.id in crowd.mentees
        assert crowd.places == len(crowd.mentees) - 1 == why.most_placed(crowd.mentees)
        assert {solved.mentor_of[other] for other in crowd.mentees if other != mentee.id} == set(crowd.mentors)


def test_mixed_pools_have_bottlenecks() -> None:
    crowds = 0
    for seed in range(10):
        solved = solve_pool(a_mixed_pool(seed))
        waiting = [why_waiting(solved, result.id) for result in solved.snapshot.mentees]
        crowds += sum(result is not None and result.crowd is not None for result in waiting)
    assert crowds >= 10


def test_a_long_haul_competes_with_long_hauls_where_the_hours_allow_one() -> None:
    mentees = [
        a_mentee("small", request_shape="one_thing"),
        *(a_mentee(f"long-{n}", request_shape="long_haul") for n in range(2)),
    ]
    solved = solve_pool(a_snapshot(mentees, [a_mentor("ines", capacity=2, hours_per_month=3)]))
    (left,) = {mentee.id for mentee in mentees} - set(solved.mentor_of)
    why = why_waiting(solved, left)
    assert why is not None
    assert why.crowd is not None
    assert (why.crowd.mentees, why.crowd.places, why.crowd.mentors) == (("long-0", "long-1"), 1, ("ines",))
