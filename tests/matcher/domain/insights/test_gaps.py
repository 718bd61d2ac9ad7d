from dataclasses import replace

from services.matcher.domain.insights.gaps import Kind, gaps, ordinary
from services.matcher.domain.round import run_round
from tests.support.people import a_mentee, a_mentor, a_snapshot, asks_about, spoken


def test_the_mentor_to_look_for_is_the_one_who_serves_most_people() -> None:
    spanish = [a_mentee(f"s{n}", languages=spoken("es")) for n in range(3)]
    french = [a_mentee("f", languages=spoken("fr"))]
    told = gaps(a_snapshot([*spanish, *french], [a_mentor("alex")]), places=2)
    assert [(one.kind.language, one.waiting, one.more_matched) for one in told.recruits] == [
        ("es", 3, 2),
        ("fr", 1, 1),
        ("es", 1, 1),
    ]
    assert told.idle == ((Kind("en", "t1d", "self", None), 1),)


def test_what_is_foretold_comes_true_when_the_mentor_comes() -> None:
    mentees = [a_mentee("a", devices=(asks_about("aid"),)), a_mentee("b", devices=(asks_about("aid"),))]
    pool = a_snapshot(mentees, [a_mentor("alex")])
    (first,) = gaps(pool, recruits=1, places=2).recruits
    joined = replace(pool, mentors=(*pool.mentors, ordinary(first.kind, pool, 2, 0)))
    assert len(run_round(joined).proposals) - len(run_round(pool).proposals) == first.more_matched == 2
    assert first.kind.device_class == "aid"


def test_nobody_is_recruited_for_a_pool_where_nobody_waits() -> None:
    assert gaps(a_snapshot([a_mentee()], [a_mentor()])).recruits == ()


def test_a_programmes_own_funnel_counts() -> None:
    (one,) = gaps(a_snapshot([a_mentee()], []), recruits=1, funnel=(1, 20)).recruits
    assert one.invitations == 20
