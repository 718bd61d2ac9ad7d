"""People of a realistic programme, drawn from a seed: sign-up bodies as the public API accepts them.

Pure: the same seed and numbers give the same people on any machine. For each person a home is drawn first (language,
time zone, culture), then their diabetes, then what they ask for or offer, so that answers are consistent: someone with
gestational diabetes is pregnant, a parent asks about school and sleep. The demonstration, the tests and the benchmarks
share it; ``REGIMES`` sets the number of places per mentee.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from services.events.vocabulary import codes

Body = dict[str, Any]
REGIMES = {"scarce": 0.66, "balanced": 1.0, "surplus": 2.2}
"""Places offered for each mentee."""
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Programme:
    """Sign-up bodies of all people, in order of arrival."""

    mentors: list[Body]
    mentees: list[Body]


def programme(
    seed: int, mentors: int, mentees: int, *, regime: str | None = None, today: date = date(2025, 6, 1)
) -> Programme:
    """Return a programme. A ``regime`` sets the mentors' capacities so that places / mentees is its ratio."""
    offers = [_mentor(random.Random(f"{seed}:mentor:{n}"), f"{seed}-{n}", today) for n in range(mentors)]
    asks = [_mentee(random.Random(f"{seed}:mentee:{n}"), f"{seed}-{n}", today) for n in range(mentees)]
    if regime is not None:
        _fill(offers, round(REGIMES[regime] * mentees))
    return Programme(offers, asks)


@cache
def _distributions() -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads((Path(__file__).parent / "places.json").read_text(encoding="utf-8"))
    return content


def _draw(dice: random.Random, weighted: Mapping[str, int]) -> str:
    return dice.choices(list(weighted), list(weighted.values()))[0]


def _draw_several(dice: random.Random, axis: str, least: int, most: int) -> list[str]:
    return dice.sample(list(codes(axis)), dice.randint(least, most))


def _months_ago(today: date, months: int) -> str:
    count = today.year * 12 + today.month - 1 - months
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def _person(dice: random.Random, name: str, role: str) -> tuple[Body, Mapping[str, Any]]:
    """Return the answers common to both sides, and the place where the person lives."""
    places = _distributions()["places"]
    place = dice.choices(places, [option["weight"] for option in places])[0]
    languages = [{"tag": tag, "level": level} for tag, level in place["languages"]]
    likely = 0.6 if role == "mentor" else 0.3
    also = [extra for extra in place.get("also", []) if dice.random() < likely]
    languages += [{"tag": extra, "level": dice.choice(("conversational", "fluent"))} for extra in also]
    body: Body = {
        "preferred_name": dice.choice(_distributions()["names"]),
        "contact": {"email": f"{role}-{name}@example.org"},
        "locale": place["locale"],
        "languages": languages,
        "availability": {"time_zone": place["zone"], "windows": _windows(dice)},
        "formats": _draw_several(dice, "format", 1, 3) if dice.random() < 0.7 else [],
        "goals": _draw_several(dice, "goal", 1, 2),
        "topics": _draw_several(dice, "topic", 1, 5),
        "styles": [dice.choice(codes("style"))],
        "gender": dice.choices((*codes("gender")[:3], None), (46, 38, 4, 12))[0],
        "consents": ["matching", "messages", "contact_by_mentor"],
    }
    if dice.random() < 0.3:
        body["culture"] = place["culture"]
    return body, place


def _windows(dice: random.Random) -> list[Body]:
    if dice.random() < 0.25:
        return []
    windows = []
    for day in sorted(dice.sample(range(7), dice.randint(1, 4))):
        start = dice.choice((9, 12, 17, 18, 19)) if day < 5 else dice.choice((9, 10, 14))
        windows.append({"day": _WEEK[day], "start": f"{start:02d}:00", "end": f"{start + dice.randint(1, 4):02d}:00"})
    return windows


def _mentee(dice: random.Random, name: str, today: date) -> Body:
    body, _ = _person(dice, name, "mentee")
    relation, kind = _draw(dice, _distributions()["relations"]), _draw(dice, _distributions()["types"])
    months = dice.choice((0, 1, 2, 4, 8, 14, 30, 60, 120, 240))
    body |= {
        "relation": relation,
        "diabetes_type": kind,
        "diagnosed": _months_ago(today, months),
        "situations": _situations(dice, months),
        "request_shape": dice.choices(codes("request_shape"), (25, 50, 25))[0],
        "matters_most": dice.sample([code for code in codes("matters") if code != "gender"], dice.randint(0, 3)),
        "support": [dice.choice(codes("support"))],
        "ever_met_a_peer": dice.random() < 0.4,
        "digital_comfort": dice.choices(codes("digital_comfort"), (75, 17, 8))[0],
    }
    if relation == "self":
        body |= {"age_band": dice.choice(codes("age_band")[1:]), "diagnosis_age_band": _diagnosed_at(dice, kind)}
    stages = _stages(dice, relation, kind)
    if stages:
        body["life_stages"] = [{"code": stage} for stage in stages]
    if {"considering_device", "starting_device", "switching_device"} & set(body["situations"]):
        body["devices"] = [_interest(dice, body["situations"])]
    musts = _musts(dice, body)
    if musts:
        body["musts"] = musts
    return body


def _situations(dice: random.Random, months: int) -> list[str]:
    situations = ["newly_diagnosed"] if months <= 4 else []
    if dice.random() < 0.4:
        situations.append(dice.choice(("considering_device", "starting_device", "switching_device")))
    if dice.random() < 0.4:
        situations.append(dice.choice(("changing_treatment", "coeliac", "living_alone", "burnout", "low_worry")))
    return situations


def _stages(dice: random.Random, relation: str, kind: str) -> list[str]:
    if kind == "gdm" and relation == "self":
        return ["pregnant"]
    if relation == "parent":
        return ["raising_children"]
    return [dice.choice(codes("life_stage"))] if dice.random() < 0.45 else []


def _diagnosed_at(dice: random.Random, kind: str) -> str:
    grown = ("25_34", "35_49", "50_plus")
    return dice.choice(grown if kind in ("t2d", "lada", "prediabetes") else codes("diagnosis_age_band"))


def _interest(dice: random.Random, situations: list[str]) -> Body:
    kind = _draw(dice, _distributions()["asked_classes"])
    stage = "considering" if "considering_device" in situations else "starting"
    interest = {"device_class": kind, "stage": stage}
    return interest | ({"model": dice.choice(_distributions()["devices"][kind])} if dice.random() < 0.5 else {})


def _musts(dice: random.Random, body: Body) -> list[Body]:
    if body["gender"] == "woman" and dice.random() < 0.15:
        return [{"criterion": "gender", "value": "woman"}]
    if body.get("devices") and dice.random() < 0.1:
        return [{"criterion": "device_class", "value": body["devices"][0]["device_class"]}]
    return []


def _mentor(dice: random.Random, name: str, today: date) -> Body:
    body, _ = _person(dice, name, "mentor")
    relation, kind = _draw(dice, _distributions()["relations"]), _draw(dice, _distributions()["mentor_types"])
    hours = dice.choice((2, 3, 4, 4, 6, 8))
    body |= {
        "relations": [relation] if relation != "parent" or dice.random() < 0.7 else ["parent", "self"],
        "diabetes_types": [kind],
        "diagnosed": _months_ago(today, dice.randint(36, 360)),
        "situations": sorted({"newly_diagnosed", *_draw_several(dice, "situation", 1, 3)} - {"just_looking"}),
        "devices": [_lived(dice, device_class, today) for device_class in _classes(dice, kind)],
        "life_stages": sorted({*_draw_several(dice, "life_stage", 1, 3), *_stages(dice, relation, kind)}),
        "capacity": max(1, hours // 2),
        "hours_per_month": hours,
        "also_clinician": dice.random() < 0.05,
    }
    if dice.random() < 0.15:
        body["request_shapes"] = ["one_thing", "a_few_chats"]
    if relation == "self":
        body |= {"age_band": dice.choice(codes("age_band")[1:]), "diagnosis_age_band": _diagnosed_at(dice, kind)}
    return body


def _classes(dice: random.Random, kind: str) -> list[str]:
    if kind in ("t1d", "lada", "t3c", "cfrd"):
        return ["mdi", *dict.fromkeys(_draw(dice, _distributions()["asked_classes"]) for _ in range(3))]
    return dice.sample(("cgm_is", "cgm_rt", "cgm_otc", "mdi"), dice.randint(0, 2))


def _lived(dice: random.Random, kind: str, today: date) -> Body:
    since = dice.randint(6, 120)
    lived = {"device_class": kind, "since": _months_ago(today, since)}
    model = dice.choice(_distributions()["devices"][kind])
    if model is not None:
        lived["model"] = model
    if dice.random() < 0.3:
        lived["until"] = _months_ago(today, dice.randint(0, since))
    return lived


def _fill(offers: list[Body], places: int) -> None:
    """Distribute ``places`` over the mentors as evenly as possible; the first ones get the remainder."""
    for number, body in enumerate(offers):
        body["capacity"] = places // len(offers) + (number < places % len(offers))
        body["hours_per_month"] = None
