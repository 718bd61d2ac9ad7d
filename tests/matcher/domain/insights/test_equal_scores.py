from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.formulation.weighted_pool import weigh_pool
from services.matcher.domain.insights.equal_scores import shared_score
from tests.support.people import a_mentee, a_mentor, a_snapshot, spoken


def score_of(mentees: list[Mentee], mentors: list[Mentor]) -> int | None:
    pool = a_snapshot(mentees, mentors)
    return shared_score(weigh_pool(Pool(pool.mentees, pool.mentors, pool.at, pool.weights)))


def test_people_with_the_same_answers_share_a_score() -> None:
    assert score_of([a_mentee("a"), a_mentee("b")], [a_mentor("k"), a_mentor("l")]) is not None


def test_a_shared_topic_gives_different_scores() -> None:
    mentees = [a_mentee("a", topics=("food",)), a_mentee("b", topics=("food",))]
    assert score_of(mentees, [a_mentor("k"), a_mentor("l", topics=("food",))]) is None


def test_pairs_that_may_not_meet_do_not_count() -> None:
    mentees = [a_mentee("a"), a_mentee("b"), a_mentee("far", languages=spoken("sw"), topics=("food",))]
    assert score_of(mentees, [a_mentor("k", topics=("food",))]) is not None


def test_without_a_choice_of_pairs_there_is_no_shared_score() -> None:
    mentees = [a_mentee("a"), a_mentee("b", languages=spoken("es"))]
    mentors = [a_mentor("k"), a_mentor("l", languages=spoken("es"))]
    assert score_of(mentees, mentors) is None
    assert score_of([*mentees, a_mentee("c")], mentors) is not None


def test_one_pair_or_none_has_no_shared_score() -> None:
    assert score_of([a_mentee("a")], [a_mentor("k")]) is None
    assert score_of([a_mentee("a", languages=spoken("sw"))], [a_mentor("k"), a_mentor("l")]) is None
    assert score_of([], []) is None
