from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.registry import criteria
from services.matcher.domain.explain import band_of, explain, parts_of
from services.matcher.domain.formulation.weighted_pool import weigh_pool
from services.matcher.domain.weights import default_weights
from tests.support.people import NOW, a_mentee, a_mentor, asks_about, lived_with, stage


def test_the_parts_of_a_pair_add_up_to_its_score() -> None:
    explanation = explain(
        a_mentee(topics=("food",), life_stages=(stage("student"),), devices=(asks_about("aid"),)),
        a_mentor(topics=("food", "work"), life_stages=("student",), devices=(lived_with("aid"),)),
        default_weights(),
        NOW,
    )
    assert sum(part.weight for part in explanation.parts) == 1000
    assert explanation.score == round(sum(part.weight * part.score for part in explanation.parts) / 1000)
    assert explanation.rules == ()


def test_reasons_are_at_most_four_bands_with_shared_codes_best_first() -> None:
    explanation = explain(
        a_mentee(topics=("food",), goals=("social",), styles=("listener",), age_band="18_24"),
        a_mentor(topics=("food",), goals=("social",), styles=("listener",), age_band="18_24"),
        default_weights(),
        NOW,
    )
    assert [(reason.criterion, reason.band, reason.codes) for reason in explanation.reasons] == [
        ("language", "strong", ("en",)),
        ("diabetes_type", "strong", ("t1d",)),
        ("goals", "strong", ("social",)),
        ("relation", "strong", ("self",)),
    ]


def test_a_part_without_shared_codes_has_no_band() -> None:
    explanation = explain(a_mentee(topics=("food",)), a_mentor(topics=("work",)), default_weights(), NOW)
    topics = next(part for part in explanation.parts if part.criterion == "topics")
    assert (topics.score, topics.band, topics.codes) == (0, "", ())


def test_a_similar_type_is_scored_but_not_shown_as_shared() -> None:
    explanation = explain(a_mentee(diabetes_type="t1d"), a_mentor(diabetes_types=("lada",)), default_weights(), NOW)
    kind = next(part for part in explanation.parts if part.criterion == "diabetes_type")
    assert (kind.score, kind.band) == (75, "")


def test_bands_are_words_for_numbers() -> None:
    assert [band_of(score) for score in (100, 75, 74, 50, 49, 25, 24, 0)] == [
        "strong",
        "strong",
        "good",
        "good",
        "some",
        "some",
        "",
        "",
    ]


def test_pairs_with_the_same_answers_share_the_codes_that_each_pair_alone_shares() -> None:
    """``SHARED_BY`` names all answers that ``shared`` reads, and the order in which it lists codes."""
    mentees, mentors = pool_of(programme(4, 60, 120), at=NOW)
    pool = Pool(mentees, mentors, NOW, default_weights())
    rows = [(i, j) for i in range(len(mentees)) for j in range(i % 3, len(mentors), 3)]
    for (i, j), (parts, _) in zip(rows, parts_of(weigh_pool(pool), rows), strict=True):
        alone = {name: criterion.shared(mentees[i], mentors[j], pool) for name, criterion in criteria().items()}
        assert {part.criterion: part.codes for part in parts} == {
            part.criterion: alone[part.criterion] for part in parts
        }
