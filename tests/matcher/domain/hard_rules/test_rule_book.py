import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import langcodes
import numpy as np
import pytest

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.each.language import is_signed
from services.matcher.domain.explain import explain
from services.matcher.domain.hard_rules.check_pairs import may_meet
from services.matcher.domain.weights import Weights, default_weights
from tests.support.people import (
    NOW,
    a_mentee,
    a_mentor,
    asks_about,
    free_on,
    lived_with,
    must,
    only,
    spoken,
    stage,
    weights,
)


def rules(mentee: Mentee, mentor: Mentor, given: Weights | None = None) -> tuple[str, ...]:
    return explain(mentee, mentor, given or default_weights(), NOW).rules


def test_two_ordinary_people_may_meet() -> None:
    assert rules(a_mentee(), a_mentor()) == ()


@pytest.mark.parametrize(
    ("mentor", "rule"),
    [
        ({"approved": False}, "ready"),
        ({"trained_until": None}, "ready"),
        ({"trained_until": NOW.date() - timedelta(days=1)}, "ready"),
        ({"paused": True}, "ready"),
        ({"languages": spoken("es")}, "language"),
        ({"languages": spoken("en", level="basic")}, "language"),
        ({"languages": ()}, "language"),
        ({"diabetes_types": ("t2d",)}, "diabetes_type"),
        ({"diabetes_types": ()}, "diabetes_type"),
        ({"relations": ("parent",)}, "relation"),
        ({"request_shapes": ("one_thing",)}, "request_shape"),
        ({"formats": ("video",)}, "format"),
    ],
)
def test_each_hard_rule_stands_alone(mentor: dict[str, Any], rule: str) -> None:
    assert rules(a_mentee(formats=("phone",)), a_mentor(**mentor)) == (rule,)


@pytest.mark.parametrize(
    ("mentee", "mentor", "meet"),
    [
        (("phone",), ("phone",), False),
        (("phone", "text_chat", "email"), (), False),
        (("video", "phone"), ("in_person", "phone"), False),  # each can be seen, and not by the other
        (("video", "phone"), ("phone", "video"), True),
        (("in_person",), (), True),
        ((), (), True),
    ],
)
def test_a_sign_language_needs_a_way_to_see_each_other(
    mentee: tuple[str, ...], mentor: tuple[str, ...], meet: bool
) -> None:
    signing = a_mentee(languages=spoken("ase"), formats=mentee)
    for tags in (("ase",), ("ase", "en")):
        assert rules(signing, a_mentor(languages=spoken(*tags), formats=mentor)) == (() if meet else ("language",))
    assert rules(a_mentee(languages=spoken("ase", "en"), formats=mentee), a_mentor(formats=mentor)) == ()


def test_only_languages_that_the_two_can_use_together_are_shared() -> None:
    both = spoken("ase", "en")
    for formats, shared in ((("phone",), ("en",)), (("video",), ("ase", "en"))):
        mentee, mentor = a_mentee(languages=both, formats=formats), a_mentor(languages=both)
        part = next(one for one in explain(mentee, mentor, only("language"), NOW).parts if one.criterion == "language")
        assert part.codes == shared
        assert part.score == (100 if "ase" in shared else 85)


def test_every_sign_language_with_a_subtag_counts_as_signed() -> None:
    page = (Path(langcodes.__file__).parent / "data" / "language-subtag-registry.txt").read_text(encoding="utf-8")
    entries = [dict(re.findall(r"^(Type|Subtag|Prefix): (\S+)$", one, flags=re.MULTILINE)) for one in page.split("%%")]
    registered = [one["Subtag"] for one in entries if (one.get("Type"), one.get("Prefix")) == ("extlang", "sgn")]
    assert len(registered) > 100
    assert [tag for tag in registered if not is_signed(tag)] == []
    assert not any(is_signed(tag) for tag in ("en", "es-MX", "zh-Hant", "sw"))


def test_training_counts_until_its_last_day() -> None:
    assert rules(a_mentee(), a_mentor(trained_until=NOW.date())) == ()


def test_a_minor_meets_cleared_mentors_only() -> None:
    assert rules(a_mentee(minor=True), a_mentor()) == ("cleared",)
    assert rules(a_mentee(minor=True), a_mentor(cleared_for_minors=True)) == ()


def test_nobody_is_their_own_mentor_and_earlier_tries_stay_out() -> None:
    assert rules(a_mentee("sam"), a_mentor("sam")) == ("excluded",)
    assert rules(a_mentee(excluded=["alex"]), a_mentor("alex")) == ("excluded",)


def test_parents_meet_parents_unless_they_ask_otherwise() -> None:
    parent = a_mentee(relation="parent")
    assert rules(parent, a_mentor(relations=("self",))) == ("relation",)
    assert rules(parent, a_mentor(relations=("self", "parent"))) == ()
    asked = a_mentee(relation="parent", musts=(must("relation", "self"),))
    assert rules(asked, a_mentor(relations=("self",))) == ()
    assert "relation" in rules(asked, a_mentor(relations=("parent",)))
    open_to_all = a_mentee(relation="parent", musts=(must("relation", "any"),))
    assert rules(open_to_all, a_mentor(relations=("self",))) == ()


@pytest.mark.parametrize(
    ("condition", "met", "unmet"),
    [
        (must("gender", "woman"), {"gender": "woman"}, {"gender": None}),
        (must("device_class", "aid"), {"devices": (lived_with("aid"),)}, {"devices": (lived_with("cgm_rt"),)}),
        (must("device_model", "loop"), {"devices": (lived_with("diy_aid", "loop"),)}, {}),
        (must("diabetes_type", "t1d"), {}, {"diabetes_types": ("lada",)}),
        (must("format", "phone"), {"formats": ("phone",)}, {"formats": ("video", "email")}),
        (must("life_stage", "pregnant"), {"life_stages": ("pregnant",)}, {"life_stages": ("postpartum",)}),
        (must("language", "es"), {"languages": spoken("en", "es-MX")}, {}),
        (must("shoe_size", "44"), None, {}),
    ],
)
def test_a_must_is_a_condition(condition: Any, met: dict[str, Any] | None, unmet: dict[str, Any]) -> None:
    mentee = a_mentee(musts=(condition,))
    if met is not None:
        assert rules(mentee, a_mentor(**met)) == ()
    assert f"must:{condition.criterion}" in rules(mentee, a_mentor(**unmet))


def test_two_genders_are_alternatives_and_other_musts_hold_together() -> None:
    either = a_mentee(musts=(must("gender", "woman"), must("gender", "non_binary")))
    assert rules(either, a_mentor(gender="non_binary")) == ()
    both = a_mentee(musts=(must("device_class", "aid"), must("device_class", "cgm_rt")))
    assert rules(both, a_mentor(devices=(lived_with("aid"),))) == ("must:device_class",)


def test_a_mentee_who_asks_about_a_device_meets_a_mentor_who_lived_with_its_class() -> None:
    asked = a_mentee(devices=(asks_about("pump_patch"), asks_about("cgm_rt")))
    assert rules(asked, a_mentor(devices=(lived_with("pump_tubed"),))) == ("device",)
    assert rules(asked, a_mentor(devices=(lived_with("cgm_rt", until="2012-01"),))) == ()
    assert rules(asked, a_mentor(), weights(device="soft")) == ()


@pytest.mark.parametrize(
    ("criterion", "mentee", "mentor"),
    [
        ("topics", {"topics": ("food",)}, {"topics": ("work",)}),
        ("life_stage", {"life_stages": (stage("pregnant"),)}, {"life_stages": ("student",)}),
        ("age", {"age_band": "18_24"}, {"age_band": "65_plus"}),
        ("availability", {"availability": (free_on("mon", 9, 12),)}, {"availability": (free_on("tue", 9, 12),)}),
    ],
)
def test_an_admin_can_make_a_criterion_hard(criterion: str, mentee: dict[str, Any], mentor: dict[str, Any]) -> None:
    hard = only(criterion, "hard")
    assert rules(a_mentee(**mentee), a_mentor(**mentor)) == ()
    assert rules(a_mentee(**mentee), a_mentor(**mentor), hard) == (criterion,)
    assert rules(a_mentee(), a_mentor(**mentor), hard) == ()


def test_a_pair_below_the_quality_floor_is_not_made() -> None:
    poor = a_mentee(topics=("food",), goals=("social",), situations=("burnout",)), a_mentor(topics=("work",))
    assert rules(*poor, weights(quality_floor=95)) == ("quality_floor",)
    assert rules(*poor, weights(quality_floor=20)) == ()


def test_more_conditions_than_fit_a_word_are_all_applied() -> None:
    from services.events.vocabulary import codes
    from services.matcher.domain.criteria.pool import Pool
    from services.matcher.domain.formulation.weighted_pool import weigh_pool

    kinds = [("life_stage", one) for one in codes("life_stage")] + [("device_class", c) for c in codes("device_class")]
    kinds += [("device_model", f"model_{n}") for n in range(60)]
    mentees = tuple(a_mentee(f"e{n:02d}", musts=(must(*kind),)) for n, kind in enumerate(kinds))
    has_all = a_mentor(
        life_stages=codes("life_stage"),
        devices=(
            *(lived_with(c) for c in codes("device_class")),
            *(lived_with("aid", f"model_{n}") for n in range(59)),
        ),
    )
    weighted_pool = weigh_pool(Pool(mentees, (has_all,), NOW, default_weights()))
    met = may_meet(weighted_pool.rules, np.arange(len(kinds)), np.array(0))
    assert met.tolist() == [True] * (len(kinds) - 1) + [False]
