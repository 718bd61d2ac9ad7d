from dataclasses import replace
from typing import Any

import pytest

from services.chassis.i18n.sentence import advise
from services.events.vocabulary import codes, label, locales
from services.matcher.domain.criteria.registry import criteria
from services.matcher.domain.explain.why_unmatched import is_own
from services.matcher.domain.weights import (
    Mode,
    Setting,
    code_label,
    criteria_that,
    criterion_data,
    criterion_label,
    criterion_names,
    default_weights,
    faults_in_json,
    preset_names,
    preset_weights,
    validate,
    weights_from_json,
    weights_to_json,
)


def test_the_weights_a_programme_starts_with_can_be_published() -> None:
    assert validate(default_weights()) == []
    assert default_weights().setting("language") == Setting(Mode.HARD, 90)


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_can_be_published(name: str) -> None:
    assert validate(preset_weights(name, version=7)) == []
    assert preset_weights(name, version=7).version == 7


def test_every_criterion_has_code_and_what_people_can_choose_has_a_criterion() -> None:
    assert tuple(criteria()) == criterion_names()
    assert set(codes("matters")) <= set(criterion_names())


@pytest.mark.parametrize("locale", locales())
def test_every_criterion_and_every_code_of_its_own_has_words_in_every_language(locale: str) -> None:
    for name in criterion_names():
        data = criterion_data(name)
        assert set(data["label"]) == set(locales()), name
        assert all(set(words) == set(locales()) for words in data.get("codes", {}).values()), name
        if name in codes("matters"):
            assert criterion_label(name, locale) == label("matters", name, locale), "one thing, one name"


def test_codes_are_named_by_the_vocabulary_of_their_criterion() -> None:
    assert code_label("availability", "mon", "es") == label("weekday", "mon", "es")
    assert code_label("goals", "emotional", "ar-EG") == label("goal", "emotional", "ar")
    assert criterion_label("goals", "ar-EG") == criterion_label("goals", "ar") != criterion_label("goals", "tlh")
    assert criterion_label("goals", "tlh") == criterion_label("goals", "en")
    assert code_label("device", "not_a_code", "en") is None
    assert code_label("load", "anything", "en") is None


def test_a_mentee_may_drop_only_what_they_chose() -> None:
    chosen = {"situation", "life_stage", "goals", "device", "topics", "age", "age_at_diagnosis", "style"}
    assert set(criteria_that("own")) == chosen | {"availability", "format"}
    assert is_own("request_shape")
    assert is_own("must:relation")
    assert not any(is_own(rule) for rule in ("language", "relation", "load", "ready", "cleared", "excluded"))


def test_weights_survive_a_round_trip_through_json() -> None:
    before = replace(preset_weights("quality_first"), closeness={"diabetes_type": {"t1d": {"t2d": 45}}})
    assert weights_from_json(weights_to_json(before)) == (before, [])


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"coverage": 101}, "coverage", "0 to 100"),
        ({"coverage": True}, "coverage", "whole number"),
        ({"quality_floor": "high"}, "quality_floor", "whole number"),
        ({"criteria": {"language": {"mode": "off"}}}, "criteria.language.mode", "share no language"),
        ({"criteria": {"topics": {"weight": -1}}}, "criteria.topics.weight", "0 to 100"),
        ({"criteria": {"topics": {"weight": 1.5}}}, "criteria.topics.weight", "whole number"),
        ({"criteria": {"topics": {"mode": "must"}}}, "criteria.topics.mode", "hard, soft or off"),
        ({"criteria": {"topics": {"wieght": 3}}}, "criteria.topics.wieght", "mode or weight"),
        ({"criteria": {"a1c": {"weight": 3}}}, "criteria.a1c", "no such criterion"),
        ({"criteria": ["language"]}, "criteria", "an object"),
        ({"criteria": {"topics": 3}}, "criteria.topics", "an object"),
        ({"closeness": {"load": {}}}, "closeness.load", "no closeness table"),
        ({"closeness": {"diabetes_type": 4}}, "closeness.diabetes_type", "object of objects"),
        ({"closeness": {"diabetes_type": {"t1d": {"t9d": 4}}}}, "closeness.diabetes_type.t1d.t9d", "nearest are: "),
        ({"closeness": {"diabetes_type": {"t1d": {"t2d": 400}}}}, "closeness.diabetes_type.t1d.t2d", "0 to 100"),
        ({"promise_hours": {"vip": 3}}, "promise_hours.vip", "no such lane"),
        ({"promise_hours": {"standard": 0}}, "promise_hours.standard", "whole number"),
        ({"fairness": 3}, "fairness", "no such field"),
        ({"criteria": {name: {"weight": 0} for name in criterion_names()}}, "criteria", "above 0"),
    ],
)
def test_a_fault_names_the_field_and_what_to_write(values: Any, field: str, message: str) -> None:
    weights, faults = weights_from_json(values)
    assert weights is None
    assert [fault.field for fault in faults] == [field]
    assert message in advise(faults[0].message)[0]


def test_every_fault_is_reported_at_once() -> None:
    _, faults = weights_from_json({"coverage": -1, "criteria": {"topics": {"weight": 101}, "nothing": {}}})
    assert {fault.field for fault in faults} == {"coverage", "criteria.topics.weight", "criteria.nothing"}


def test_a_value_that_is_not_an_object_is_a_fault() -> None:
    assert weights_from_json([1])[0] is None


def test_closeness_is_symmetric_among_named_types() -> None:
    table = criterion_data("diabetes_type")["closeness"]
    named = [kind for kind in table if kind not in ("unsure", "other")]
    assert all(table[one].get(two, 0) == table[two].get(one, 0) for one in named for two in named)


def test_missing_fields_keep_their_values() -> None:
    before = replace(
        preset_weights("quality_first", version=4),
        promise_hours={"newly_diagnosed": 24, "standard": 100},
        matters_boost=3,
        closeness={"diabetes_type": {"t1d": {"t2d": 45}}},
    )
    before = replace(before, criteria={**before.criteria, "topics": Setting(Mode.HARD, 77)})
    values = {"criteria": {"topics": {"weight": 5}}, "promise_hours": {"standard": 200}}
    after, faults = weights_from_json(values, version=5, base=before)
    assert faults == []
    assert after == replace(
        before,
        version=5,
        criteria={**before.criteria, "topics": Setting(Mode.HARD, 5)},
        promise_hours={"newly_diagnosed": 24, "standard": 200},
    )
    assert weights_from_json({"closeness": {}}, base=before)[0] == replace(before, closeness={})


def test_complete_weights_replace_everything_in_the_base() -> None:
    before = replace(
        preset_weights("quality_first"), closeness={"diabetes_type": {"t1d": {"t2d": 45}}}, matters_boost=5
    )
    assert weights_from_json(weights_to_json(default_weights()), base=before) == (default_weights(), [])


def test_faults_of_shape_hide_no_faults_of_value() -> None:
    values = {
        "x": 1,
        "coverage": 200,
        "criteria": {"language": {"mode": "off"}, "topics": 3, "goals": {"mode": "must", "weight": 101}},
        "closeness": {"device": 4, "diabetes_type": {"t1d": 4, "t2d": {"t9d": 40}}},
        "promise_hours": 5,
    }
    _, faults = weights_from_json(values)
    assert sorted(fault.field for fault in faults) == [
        "closeness.device",
        "closeness.diabetes_type.t1d",
        "closeness.diabetes_type.t2d.t9d",
        "coverage",
        "criteria.goals.mode",
        "criteria.goals.weight",
        "criteria.language.mode",
        "criteria.topics",
        "promise_hours",
        "x",
    ]
    assert faults_in_json(values) == faults


def test_partial_weights_are_faulty_only_if_they_are_over_any_base() -> None:
    nothing = {"criteria": {name: {"weight": 0} for name in criterion_names()}}
    assert [fault.field for fault in weights_from_json(nothing)[1]] == ["criteria"]
    assert faults_in_json(nothing) == []
