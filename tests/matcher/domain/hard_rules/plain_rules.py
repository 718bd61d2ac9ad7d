"""The hard rules as docs/matching.md states them: one mentee, one mentor, plain loops, and no encoding.

``broken_rules`` is the reference for ``check_pairs``; ``a_strict_pool`` draws pools in which every rule excludes pairs.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from services.events.vocabulary import codes
from services.matcher.domain.candidates import Mentee, Mentor, Pair
from services.matcher.domain.criteria.each.language import is_signed, variety_distance
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.weekly_hours import free_slots
from services.matcher.domain.explain import explain
from services.matcher.domain.weights import Mode, Weights, criterion_data, criterion_names
from tests.support.people import NOW, a_mentee, a_mentor, asks_about, free_on, lived_with, must, spoken, stage, weights

FORMATS = ("text_chat", "phone", "video")
TYPES = ("t1d", "lada", "t2d", "mody", "prediabetes")
RELATIONS = ("self", "parent", "partner", "carer")
DEVICES = ("aid", "cgm_rt", "pump_patch")
SOMETIMES_HARD = ("availability", "topics", "situation", "life_stage", "goals", "style", "age", "age_at_diagnosis")


def broken_rules(mentee: Mentee, mentor: Mentor, given: Weights, blocks: frozenset[Pair] = frozenset()) -> set[str]:
    """Return the rules that a pair breaks; the quality floor counts beside the others, places do not count."""
    facts, today = mentor.facts, NOW.date()
    asked_for = mentee.facts
    broken = {
        "ready": not facts.approved or facts.trained_until is None or facts.trained_until < today or mentor.paused,
        "request_shape": bool(facts.request_shapes) and asked_for.request_shape not in facts.request_shapes,
        "cleared": asked_for.minor and not facts.cleared_for_minors,
        "excluded": mentor.id in mentee.excluded or mentor.id == mentee.id or Pair(mentee.id, mentor.id) in blocks,
        "quality_floor": _fit(mentee, mentor, given) < 1000 * given.quality_floor,
    }
    for name in criterion_names():
        if given.setting(name).mode == Mode.HARD:
            broken[name] = not _MEETS[name](mentee, mentor)
    return {name for name, is_broken in broken.items() if is_broken} | _broken_musts(mentee, mentor)


def _fit(mentee: Mentee, mentor: Mentor, given: Weights) -> int:
    return sum(part.score * part.weight for part in explain(mentee, mentor, given, NOW).parts)


def _broken_musts(mentee: Mentee, mentor: Mentor) -> set[str]:
    musts = [one for one in mentee.facts.musts if (one.criterion, one.value) != ("relation", "any")]
    broken = set()
    for criterion in {one.criterion for one in musts}:
        met = [_has(mentor, criterion, one.value) for one in musts if one.criterion == criterion]
        enough = any(met) if criterion in ("gender", "diabetes_type", "relation") else all(met)
        broken |= set() if enough else {f"must:{criterion}"}
    return broken


def _has(mentor: Mentor, criterion: str, value: str) -> bool:
    facts = mentor.facts
    if criterion == "language":
        return any(_understand(value, "native", used.tag, used.level) for used in facts.languages)
    had: Mapping[str, Any] = {
        "gender": [facts.gender],
        "device_class": [device.device_class for device in facts.devices],
        "device_model": [device.model for device in facts.devices],
        "diabetes_type": facts.diabetes_types,
        "relation": facts.relations,
        "format": facts.formats or [value],
        "life_stage": facts.life_stages,
    }
    return value in had[criterion]


def _understand(first: str, first_level: str, second: str, second_level: str) -> bool:
    return "basic" not in (first_level, second_level) and variety_distance(first, second) <= 10


def _language(mentee: Mentee, mentor: Mentor) -> bool:
    seen = {"video", "in_person"} & set(_ways(mentee)) & set(_ways(mentor))
    return any(
        _understand(a.tag, a.level, b.tag, b.level)
        and is_signed(a.tag) == is_signed(b.tag)
        and (bool(seen) or not is_signed(a.tag))
        for a in mentee.facts.languages
        for b in mentor.facts.languages
    )


def _ways(person: Mentee | Mentor) -> tuple[str, ...]:
    return person.facts.formats or codes("format")


def _closeness(criterion: str, asked: str, lived: str) -> int:
    own = 100 if asked == lived else 0
    return int(criterion_data(criterion).get("closeness", {}).get(asked, {}).get(lived, own))


def _diabetes_type(mentee: Mentee, mentor: Mentor) -> bool:
    own, on_devices = mentee.facts.diabetes_type, criterion_data("diabetes_type")["on_devices"]
    about_devices = on_devices.get(own, {}) if mentee.facts.devices else {}
    return any(
        max(_closeness("diabetes_type", own, lived), about_devices.get(lived, 0)) >= 20
        for lived in mentor.facts.diabetes_types
    )


def _relation(mentee: Mentee, mentor: Mentor) -> bool:
    wanted = {one.value for one in mentee.facts.musts if one.criterion == "relation"}
    if wanted == {"any"}:
        return bool(mentor.facts.relations)
    if wanted:
        return not wanted.isdisjoint(mentor.facts.relations)
    return any(_closeness("relation", mentee.facts.relation, lived) >= 20 for lived in mentor.facts.relations)


def _device(mentee: Mentee, mentor: Mentor) -> bool:
    asked = {device.device_class for device in mentee.facts.devices}
    return not asked or not asked.isdisjoint(device.device_class for device in mentor.facts.devices)


def _availability(mentee: Mentee, mentor: Mentor) -> bool:
    weeks = [free_slots(one.facts.availability, one.facts.time_zone, NOW.date()) for one in (mentee, mentor)]
    return weeks[0] & weeks[1] != 0


def _covers(criterion: str, field: str) -> Callable[[Mentee, Mentor], bool]:
    """Return the rule of a criterion on tags: a mentor covers at least a quarter of one of the mentee's asks."""

    def meets(mentee: Mentee, mentor: Mentor) -> bool:
        asked = [getattr(one, "code", one) for one in getattr(mentee.facts, field)]
        asked = [one for one in asked if one not in criterion_data(criterion).get("not_an_ask", ())]
        lived = getattr(mentor.facts, field)
        most = 4 * criterion_data(criterion)["breadth"] // max(1, len(lived))
        counts = max(1, min(4, most))
        return not asked or any(counts * _closeness(criterion, a, b) >= 100 for a in asked for b in lived)

    return meets


def _within_steps(field: str, vocabulary: str) -> Callable[[Mentee, Mentor], bool]:
    def meets(mentee: Mentee, mentor: Mentor) -> bool:
        bands = [getattr(one.facts, field) for one in (mentee, mentor)]
        return None in bands or abs(codes(vocabulary).index(bands[0]) - codes(vocabulary).index(bands[1])) < 4

    return meets


_MEETS: Mapping[str, Callable[[Mentee, Mentor], bool]] = {
    "language": _language,
    "diabetes_type": _diabetes_type,
    "relation": _relation,
    "device": _device,
    "format": lambda mentee, mentor: not set(_ways(mentee)).isdisjoint(_ways(mentor)),
    "availability": _availability,
    "topics": _covers("topics", "topics"),
    "situation": _covers("situation", "situations"),
    "life_stage": _covers("life_stage", "life_stages"),
    "goals": _covers("goals", "goals"),
    "style": _covers("style", "styles"),
    "age": _within_steps("age_band", "age_band"),
    "age_at_diagnosis": _within_steps("diagnosis_age_band", "diagnosis_age_band"),
}


def a_strict_pool(seed: int) -> tuple[Pool, frozenset[Pair]]:
    """Return a pool in which every rule excludes pairs and many pairs meet them all, and blocked pairs."""
    dice = Random(f"rules:{seed}")
    mentees = tuple(a_mentee(f"e{n}", excluded=_some(dice, ("m1", "m2", "m3"), 1), **_asks(dice)) for n in range(9))
    mentors = tuple(a_mentor(f"m{n}", paused=dice.random() < 0.1, **_lives(dice)) for n in range(7))
    both = a_mentor("e0", **_lives(dice))  # a person on both sides is never their own mentor
    modes: dict[str, Any] = dict.fromkeys(_some(dice, SOMETIMES_HARD, 2), "hard")
    given = weights(quality_floor=dice.choice((0, 0, 40, 60)), **modes)
    blocks = frozenset({Pair("e1", "m0"), Pair(f"e{dice.randrange(9)}", f"m{dice.randrange(7)}")})
    return Pool(mentees, (*mentors, both), NOW, given), blocks


def _some(dice: Random, of: tuple[str, ...], most: int) -> tuple[str, ...]:
    return tuple(dice.sample(of, dice.randint(0, most)))


def _shared_facts(dice: Random) -> dict[str, Any]:
    level = dice.choice(("conversational", "fluent", "fluent", "basic", "native"))
    return {
        "languages": (
            *spoken(*_some(dice, ("es", "es-MX", "ase"), 2), level=level),
            *(spoken("en") if dice.random() < 0.8 else ()),
        ),
        "formats": _some(dice, FORMATS, 2),
        "availability": tuple(free_on(day, 9, dice.choice((10, 18))) for day in _some(dice, ("mon", "tue"), 2)),
        "topics": _some(dice, ("food", "work", "school", "sleep", "night_time", "costs"), 6),
        "goals": _some(dice, codes("goal"), 4),
        "situations": _some(dice, ("burnout", "low_worry", "just_looking", "considering_device"), 2),
        "styles": _some(dice, codes("style"), 3),
        "gender": dice.choice(("woman", "man", None)),
        "age_band": dice.choice((None, *codes("age_band"))),
        "diagnosis_age_band": dice.choice((None, *codes("diagnosis_age_band"))),
    }


def _asks(dice: Random) -> dict[str, Any]:
    musts = [
        must("gender", "woman"),
        must("gender", "man"),
        must("device_class", "aid"),
        must("device_class", "cgm_rt"),
    ]
    musts += [must("device_model", "loop"), must("diabetes_type", "t1d"), must("diabetes_type", "lada")]
    musts += [must("format", "video"), must("life_stage", "pregnant"), must("language", "es")]
    musts += [must("relation", value) for value in ("self", "parent")]
    chosen = dice.sample(musts, dice.choice((0, 0, 1, 2)))
    if dice.random() < 0.1:
        chosen = [must("relation", "any")]
    return _shared_facts(dice) | {
        "request_shape": dice.choice(codes("request_shape")),
        "minor": dice.random() < 0.2,
        "musts": tuple(chosen),
        "relation": dice.choice((*("self",) * 3, *RELATIONS)),
        "diabetes_type": dice.choice((*("t1d",) * 3, *TYPES)),
        "devices": tuple(asks_about(name) for name in _some(dice, DEVICES, 1)),
        "life_stages": tuple(stage(name) for name in _some(dice, ("pregnant", "student", "retired"), 2)),
    }


def _lives(dice: Random) -> dict[str, Any]:
    return _shared_facts(dice) | {
        "approved": dice.random() < 0.9,
        "trained_until": dice.choice((None, NOW.date(), *(a_mentor().facts.trained_until,) * 8)),
        "cleared_for_minors": dice.random() < 0.5,
        "request_shapes": _some(dice, codes("request_shape"), 2) if dice.random() < 0.4 else (),
        "relations": tuple(dice.sample(RELATIONS, 2)),
        "diabetes_types": tuple(dice.sample(TYPES, 2)),
        "devices": tuple(lived_with(name, dice.choice((None, "loop"))) for name in _some(dice, DEVICES, 2)),
        "life_stages": _some(dice, ("pregnant", "postpartum", "student"), 2),
        "capacity": dice.choice((1, 3)),
        "hours_per_month": dice.choice((None, 4)),
    }
