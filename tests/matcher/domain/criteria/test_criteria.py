"""The points of each criterion; ``points`` reads the part of a criterion from an explanation."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.events.facts import Spoken
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.explain import explain
from tests.support.people import NOW, a_mentee, a_mentor, asks_about, free_on, lived_with, only, spoken, stage


def points(criterion: str, mentee: Mentee, mentor: Mentor) -> int:
    (part,) = [part for part in explain(mentee, mentor, only(criterion), NOW).parts if part.criterion == criterion]
    return part.score


def between(criterion: str, mentee: dict[str, Any], mentor: dict[str, Any]) -> int:
    return points(criterion, a_mentee(**mentee), a_mentor(**mentor))


@pytest.mark.parametrize(
    ("asked", "offered", "least", "most"),
    [
        (spoken("es"), spoken("es"), 100, 100),
        (spoken("es-MX"), spoken("es"), 90, 99),  # a variety is nearly the same
        (spoken("zh-Hans"), spoken("zh-Hant"), 80, 99),  # people mostly talk; the script counts little
        (spoken("en"), spoken("es"), 0, 0),
        (spoken("ase"), spoken("en"), 0, 0),  # a sign language is a language of its own
        (spoken("en", "es"), spoken("es"), 70, 90),  # the second choice
        (spoken("es"), spoken("es", level="basic"), 0, 0),  # not enough to talk
        (spoken("es"), spoken("es", level="conversational"), 70, 90),
    ],
)
def test_languages(asked: tuple[Spoken, ...], offered: tuple[Spoken, ...], least: int, most: int) -> None:
    assert least <= between("language", {"languages": asked}, {"languages": offered}) <= most


@pytest.mark.parametrize(
    ("asked", "lived", "expected"),
    [
        ("t1d", ("t1d",), 100),
        ("t1d", ("lada",), 75),
        ("t1d", ("t2d",), 0),
        ("unsure", ("t2d",), 60),
        ("gdm", ("t1d", "t2d"), 40),
    ],
)
def test_types(asked: str, lived: tuple[str, ...], expected: int) -> None:
    assert between("diabetes_type", {"diabetes_type": asked}, {"diabetes_types": lived}) == expected


def test_type_two_is_near_type_one_on_devices_only() -> None:
    devices = (asks_about("cgm_rt"),)
    assert between("diabetes_type", {"diabetes_type": "t2d"}, {}) == 0
    assert between("diabetes_type", {"diabetes_type": "t2d", "devices": devices}, {}) == 40


def test_a_stage_of_life_is_over_after_its_last_day() -> None:
    today = NOW.date()
    mentor = {"life_stages": ("pregnant",)}
    assert between("life_stage", {"life_stages": (stage("pregnant", today),)}, mentor) == 100
    over = (stage("pregnant", today - timedelta(days=1)), stage("student"))
    assert between("life_stage", {"life_stages": over}, mentor) == 0
    assert between("life_stage", {"life_stages": (stage("postpartum", date(2031, 1, 1)),)}, mentor) == 75


def test_the_same_model_counts_more_than_the_same_class_and_a_near_class_less() -> None:
    asked = {"devices": (asks_about("cgm_rt", "dexcom_g7"),)}
    same_model = between("device", asked, {"devices": (lived_with("cgm_rt", "dexcom_g7"),)})
    same_class = between("device", asked, {"devices": (lived_with("cgm_rt", "libre_3"),)})
    near_class = between("device", asked, {"devices": (lived_with("cgm_is", "libre_2"),)})
    assert same_model > same_class > near_class > 0


def test_knowledge_of_a_device_ages() -> None:
    asked = {"devices": (asks_about("aid"),)}
    ended = [
        between("device", asked, {"devices": (lived_with("aid", until=until),)})
        for until in (None, "2029-06", "2027-06", "2015-01")
    ]
    assert ended == [100, 100, 80, 40]


@pytest.mark.parametrize(
    ("stage", "of_long_ago"),
    [("considering", 40), ("starting", 40), ("using", 40), ("switched", 100), ("stopped", 100)],
)
def test_for_a_mentee_who_stopped_or_switched_old_experience_counts_in_full(stage: str, of_long_ago: int) -> None:
    asked = {"devices": (asks_about("aid", stage=stage),)}
    assert between("device", asked, {"devices": (lived_with("aid", until="2015-01"),)}) == of_long_ago
    assert between("device", asked, {"devices": (lived_with("aid"),)}) == 100


def test_age_at_diagnosis_is_apart_from_age_today() -> None:
    mentee = {"age_band": "65_plus", "diagnosis_age_band": "child"}
    mentor = {"age_band": "65_plus", "diagnosis_age_band": "50_plus"}
    assert between("age", mentee, mentor) == 100
    assert between("age_at_diagnosis", mentee, mentor) == 0


@pytest.mark.parametrize(
    "criterion", ["situation", "life_stage", "goals", "device", "topics", "age", "age_at_diagnosis", "style"]
)
def test_a_missing_answer_is_neutral(criterion: str) -> None:
    assert between(criterion, {}, {}) == 50


def test_just_looking_asks_for_nothing() -> None:
    assert between("situation", {"situations": ("just_looking",)}, {"situations": ("burnout",)}) == 50


def test_phone_counts_more_for_people_new_to_talking_online() -> None:
    new = {"digital_comfort": "new_to_it"}
    assert between("format", new, {"formats": ("video",)}) < between("format", new, {"formats": ("phone",)})


def test_a_free_mentor_comes_before_a_busy_mentor() -> None:
    busy, free = a_mentor(capacity=4, taken=3), a_mentor(capacity=4)
    assert points("load", a_mentee(), busy) < points("load", a_mentee(), free)


def test_culture_and_gender_count_only_when_the_mentee_asks() -> None:
    mentee: dict[str, Any] = {"culture": ("muslim",), "gender": "woman"}
    for criterion in ("culture", "gender"):
        parts = explain(a_mentee(**mentee), a_mentor(culture=("muslim",), gender="woman"), only(criterion), NOW).parts
        assert parts == ()
        asked = {**mentee, "matters_most": (criterion,)}
        assert between(criterion, asked, {"culture": ("muslim",), "gender": "woman"}) == 100
        assert between(criterion, asked, {"culture": ("secular",), "gender": "man"}) == 0


def test_evenings_in_two_time_zones_overlap_in_utc() -> None:
    london = {"availability": (free_on("wed", 18, 20),), "time_zone": "Europe/London"}
    for start, expected in ((13, 70), (18, 0)):
        new_york = {"availability": (free_on("wed", start, start + 2),), "time_zone": "America/New_York"}
        assert between("availability", london, new_york) == expected
