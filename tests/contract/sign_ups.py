"""People as the API is sent them, and the same people as lines of a file: what all ways in are held to."""

from collections.abc import Callable, Mapping
from typing import Any

ENGLISH = {"tag": "en", "level": "native"}
STAGES = (
    "student",
    "starting_work",
    "pregnant",
    "postpartum",
    "raising_children",
    "menopause",
    "retired",
    "travelling",
)
MENTEE: Mapping[str, Any] = {"languages": [ENGLISH], "relation": "self", "diabetes_type": "t1d"}
MENTOR: Mapping[str, Any] = {"languages": [ENGLISH], "relations": ["self"], "diabetes_types": ["t1d"]}


def musts(*told: str) -> dict[str, Any]:
    """Conditions, as ``criterion:value``."""
    return {"musts": [dict(zip(("criterion", "value"), one.split(":"), strict=True)) for one in told]}


def free(*told: str, zone: str = "Europe/London") -> dict[str, Any]:
    """Weekly times, as ``mon 18:00-20:00``."""
    windows = [dict(zip(("day", "start", "end"), one.replace("-", " ").split(), strict=True)) for one in told]
    return {"availability": {"time_zone": zone, "windows": windows}}


GOOD_MENTEES: Mapping[str, Mapping[str, Any]] = {
    "the least there is to say": {},
    "a gender": musts("gender:woman"),
    "either of two genders": musts("gender:woman", "gender:non_binary"),
    "any relation": musts("relation:any"),
    "another relation": musts("relation:parent"),
    "either of two relations": musts("relation:parent", "relation:partner"),
    "either of two types": musts("diabetes_type:t1d", "diabetes_type:lada"),
    "two classes of device together": musts("device_class:aid", "device_class:cgm_rt"),
    "a model": musts("device_model:omnipod_5"),
    "a model and its class": musts("device_class:aid", "device_model:omnipod_5"),
    "two stages of life together": musts("life_stage:pregnant", "life_stage:student"),
    "a way to talk": {"formats": ["phone", "video"]} | musts("format:phone"),
    "a way to talk, where any is fine": musts("format:phone"),
    "a language that is spoken": {"languages": [ENGLISH, {"tag": "cy", "level": "basic"}]} | musts("language:cy"),
    "a variety of a language that is spoken": musts("language:en-GB"),
    "a language in another spelling": musts("language:EN-gb"),
    "as many conditions as there may be": musts(*(f"life_stage:{one}" for one in STAGES)),
    "windows that touch": free("mon 18:00-20:00", "mon 20:00-24:00", "tue 00:00-01:00"),
    "a model of the class beside it": {"devices": [{"device_class": "aid", "stage": "using", "model": "omnipod_5"}]},
    "a stage that ends later": {"life_stages": [{"code": "student", "until": "2030-06-30"}]},
    "three things that matter": {"matters_most": ["language", "device", "topics"]},
}

BAD_MENTEES: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "no language": ({"languages": []}, "languages"),
    "a language that is none": ({"languages": [{"tag": "xx", "level": "native"}]}, "languages"),
    "a language in two spellings": ({"languages": [ENGLISH, {"tag": "EN", "level": "basic"}]}, "languages"),
    "too many languages": ({"languages": [ENGLISH] * 21}, "languages"),
    "an unknown type": ({"diabetes_type": "type9"}, "diabetes_type"),
    "any relation and one more": (musts("relation:any", "relation:parent"), "musts"),
    "one relation and any": (musts("relation:parent", "relation:any"), "musts"),
    "a gender that is none": (musts("gender:female"), "musts"),
    "any gender": (musts("gender:any"), "musts"),
    "a condition twice": (musts("gender:woman", "gender:woman"), "musts"),
    "a language twice as a condition": (musts("language:en-GB", "language:EN-GB"), "musts"),
    "a condition on something else": (musts("shoe_size:44"), "musts"),
    "a model that nobody makes": (musts("device_model:omnipod_55"), "musts"),
    "a model of another class as a condition": (musts("device_class:aid", "device_model:dexcom_g7"), "musts"),
    "a way to talk that is not listed": ({"formats": ["phone"]} | musts("format:video"), "musts"),
    "a language that is not spoken": (musts("language:fr"), "musts"),
    "a language that is none as a condition": (musts("language:english"), "musts"),
    "too many conditions": (musts("gender:woman", *(f"life_stage:{one}" for one in STAGES)), "musts"),
    "an unknown model": ({"devices": [{"device_class": "aid", "stage": "using", "model": "pump_9"}]}, "devices"),
    "a model of another class": (
        {"devices": [{"device_class": "mdi", "stage": "using", "model": "dexcom_g7"}]},
        "devices",
    ),
    "a device twice": (
        {"devices": [{"device_class": "aid", "stage": one} for one in ("using", "starting")]},
        "devices",
    ),
    "overlapping windows": (free("mon 10:00-12:00", "mon 11:59-13:00"), "availability"),
    "a window twice": (free("mon 10:00-12:00", "mon 10:00-12:00"), "availability"),
    "an end before its start": (free("mon 20:00-18:00"), "availability"),
    "an empty window": (free("mon 20:00-20:00"), "availability"),
    "a time that is none": (free("mon 20:00-25:00"), "availability"),
    "an unknown time zone": (free("mon 20:00-21:00", zone="Europe/Londn"), "time_zone"),
    "a month to come": ({"diagnosed": "2031-01"}, "diagnosed"),
    "a month that is none": ({"diagnosed": "2029-13"}, "diagnosed"),
    "a topic twice": ({"topics": ["food", "food"]}, "topics"),
    "four things that matter most": ({"matters_most": ["language", "goals", "age", "topics"]}, "matters_most"),
    "a stage that is over": ({"life_stages": [{"code": "student", "until": "2029-12-31"}]}, "life_stages"),
    "a stage twice": ({"life_stages": [{"code": "student"}, {"code": "student"}]}, "life_stages"),
}

GOOD_MENTORS: Mapping[str, Mapping[str, Any]] = {
    "the least there is to say": {},
    "several relations and types": {"relations": ["self", "parent"], "diabetes_types": ["t1d", "t2d"]},
    "devices, then and now": {
        "devices": [
            {"device_class": "aid", "model": "omnipod_5", "since": "2024-01"},
            {"device_class": "pump_patch", "model": "omnipod_dash", "since": "2019-06", "until": "2023-12"},
        ]
    },
    "as many places as there may be": {"capacity": 10, "hours_per_month": 100},
    "times of their own": free("sat 09:00-12:30", zone="America/Lima"),
}

BAD_MENTORS: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "no relation": ({"relations": []}, "relations"),
    "no type": ({"diabetes_types": []}, "diabetes_types"),
    "a type and unsure": ({"diabetes_types": ["t1d", "unsure"]}, "diabetes_types"),
    "a relation twice": ({"relations": ["self", "self"]}, "relations"),
    "too many places": ({"capacity": 11}, "capacity"),
    "too many hours": ({"hours_per_month": 101}, "hours_per_month"),
    "no hours": ({"hours_per_month": 0}, "hours_per_month"),
    "a model of another class": ({"devices": [{"device_class": "aid", "model": "loop"}]}, "devices"),
    "a device left before it came": (
        {"devices": [{"device_class": "aid", "since": "2024-05", "until": "2024-04"}]},
        "devices",
    ),
    "a device from the future": ({"devices": [{"device_class": "aid", "since": "2030-05"}]}, "devices"),
    "a month that is none": ({"devices": [{"device_class": "aid", "since": "May 2020"}]}, "devices"),
    "overlapping windows": (free("mon 10:00-12:00", "mon 11:00-13:00"), "availability"),
    "somebody under 18": ({"age_band": "under_18"}, "age_band"),
}


def as_cells(body: Mapping[str, Any]) -> dict[str, str]:
    """The same person as cells of a file."""
    told = dict(body)
    availability = told.pop("availability", None)
    cells = {name: _CELL.get(name, _cell)(value) for name, value in told.items()}
    if availability is not None:
        windows = [f"{one['day']} {one['start']}-{one['end']}" for one in availability["windows"]]
        cells |= {"availability": "; ".join(windows), "time_zone": availability["time_zone"]}
    return cells


def _cell(value: Any) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value)


def _entries(*names: str) -> Callable[[list[dict[str, str]]], str]:
    return lambda entries: "; ".join(":".join(one.get(name, "") for name in names).rstrip(":") for one in entries)


def _devices(entries: list[dict[str, str]]) -> str:
    asked = any("stage" in one for one in entries)
    names = ("device_class", "stage", "model") if asked else ("device_class", "model", "since", "until")
    return _entries(*names)(entries)


_CELL: Mapping[str, Callable[[Any], str]] = {
    "languages": _entries("tag", "level"),
    "musts": _entries("criterion", "value"),
    "life_stages": _entries("code", "until"),
    "devices": _devices,
}
