from services.matcher.domain.explain import band_of, explain
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
