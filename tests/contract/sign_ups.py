"""People as API bodies, and the same people as CSV cells: valid and invalid examples for every way to sign up."""

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


def musts(*conditions: str) -> dict[str, Any]:
    """Return conditions given as ``criterion:value``."""
    return {"musts": [dict(zip(("criterion", "value"), text.split(":"), strict=True)) for text in conditions]}


def free(*times: str, zone: str = "Europe/London") -> dict[str, Any]:
    """Return weekly times given as ``mon 18:00-20:00``."""
    windows = [dict(zip(("day", "start", "end"), text.replace("-", " ").split(), strict=True)) for text in times]
    return {"availability": {"time_zone": zone, "windows": windows}}


GOOD_MENTEES: Mapping[str, Mapping[str, Any]] = {
    "only required answers": {},
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
    "a format": {"formats": ["phone", "video"]} | musts("format:phone"),
    "a format, when any is fine": musts("format:phone"),
    "a language that is spoken": {"languages": [ENGLISH, {"tag": "cy", "level": "basic"}]} | musts("language:cy"),
    "a variety of a language that is spoken": musts("language:en-GB"),
    "a language in another spelling": musts("language:EN-gb"),
    "the largest number of conditions": musts(*(f"life_stage:{stage}" for stage in STAGES)),
    "windows that touch": free("mon 18:00-20:00", "mon 20:00-24:00", "tue 00:00-01:00"),
    "a model of the class beside it": {"devices": [{"device_class": "aid", "stage": "using", "model": "omnipod_5"}]},
    "a stage that ends later": {"life_stages": [{"code": "student", "until": "2030-06-30"}]},
    "three things that matter": {"matters_most": ["language", "device", "topics"]},
}

BAD_MENTEES: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "no language": ({"languages": []}, "languages"),
    "an unknown language": ({"languages": [{"tag": "xx", "level": "native"}]}, "languages"),
    "a language in two spellings": ({"languages": [ENGLISH, {"tag": "EN", "level": "basic"}]}, "languages"),
    "too many languages": ({"languages": [ENGLISH] * 21}, "languages"),
    "an unknown type": ({"diabetes_type": "type9"}, "diabetes_type"),
    "any relation and another": (musts("relation:any", "relation:parent"), "musts"),
    "another relation and any": (musts("relation:parent", "relation:any"), "musts"),
    "an unknown gender": (musts("gender:female"), "musts"),
    "any gender": (musts("gender:any"), "musts"),
    "a condition twice": (musts("gender:woman", "gender:woman"), "musts"),
    "a language twice as a condition": (musts("language:en-GB", "language:EN-GB"), "musts"),
    "a condition on an unknown criterion": (musts("shoe_size:44"), "musts"),
    "an unknown model as a condition": (musts("device_model:omnipod_55"), "musts"),
    "a model of another class as a condition": (musts("device_class:aid", "device_model:dexcom_g7"), "musts"),
    "a format that is not listed": ({"formats": ["phone"]} | musts("format:video"), "musts"),
    "a language that is not spoken": (musts("language:fr"), "musts"),
    "an unknown language as a condition": (musts("language:english"), "musts"),
    "too many conditions": (musts("gender:woman", *(f"life_stage:{stage}" for stage in STAGES)), "musts"),
    "an unknown model": ({"devices": [{"device_class": "aid", "stage": "using", "model": "pump_9"}]}, "devices"),
    "a model of another class": (
        {"devices": [{"device_class": "mdi", "stage": "using", "model": "dexcom_g7"}]},
        "devices",
    ),
    "a device twice": (
        {"devices": [{"device_class": "aid", "stage": stage} for stage in ("using", "starting")]},
        "devices",
    ),
    "overlapping windows": (free("mon 10:00-12:00", "mon 11:59-13:00"), "availability"),
    "a window twice": (free("mon 10:00-12:00", "mon 10:00-12:00"), "availability"),
    "an end before its start": (free("mon 20:00-18:00"), "availability"),
    "an empty window": (free("mon 20:00-20:00"), "availability"),
    "an impossible time": (free("mon 20:00-25:00"), "availability"),
    "an unknown time zone": (free("mon 20:00-21:00", zone="Europe/Londn"), "time_zone"),
    "a month in the future": ({"diagnosed": "2031-01"}, "diagnosed"),
    "an impossible month": ({"diagnosed": "2029-13"}, "diagnosed"),
    "a topic twice": ({"topics": ["food", "food"]}, "topics"),
    "four things that matter most": ({"matters_most": ["language", "goals", "age", "topics"]}, "matters_most"),
    "a stage that is over": ({"life_stages": [{"code": "student", "until": "2029-12-31"}]}, "life_stages"),
    "a stage twice": ({"life_stages": [{"code": "student"}, {"code": "student"}]}, "life_stages"),
}

GOOD_MENTORS: Mapping[str, Mapping[str, Any]] = {
    "only required answers": {},
    "several relations and types": {"relations": ["self", "parent"], "diabetes_types": ["t1d", "t2d"]},
    "a past and a present device": {
        "devices": [
            {"device_class": "aid", "model": "omnipod_5", "since": "2024-01"},
            {"device_class": "pump_patch", "model": "omnipod_dash", "since": "2019-06", "until": "2023-12"},
        ]
    },
    "the largest capacity": {"capacity": 10, "hours_per_month": 100},
    "weekly times": free("sat 09:00-12:30", zone="America/Lima"),
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
    "a device that ended before it began": (
        {"devices": [{"device_class": "aid", "since": "2024-05", "until": "2024-04"}]},
        "devices",
    ),
    "a device from the future": ({"devices": [{"device_class": "aid", "since": "2030-05"}]}, "devices"),
    "an impossible month": ({"devices": [{"device_class": "aid", "since": "May 2020"}]}, "devices"),
    "overlapping windows": (free("mon 10:00-12:00", "mon 11:00-13:00"), "availability"),
    "a person under 18": ({"age_band": "under_18"}, "age_band"),
}


def as_cells(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the same person as cells of a CSV file."""
    answers = dict(body)
    availability = answers.pop("availability", None)
    cells = {name: _CELL.get(name, _cell)(value) for name, value in answers.items()}
    if availability is not None:
        windows = [f"{window['day']} {window['start']}-{window['end']}" for window in availability["windows"]]
        cells |= {"availability": "; ".join(windows), "time_zone": availability["time_zone"]}
    return cells


def _cell(value: Any) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value)


def _entries(*names: str) -> Callable[[list[dict[str, str]]], str]:
    return lambda entries: "; ".join(":".join(entry.get(name, "") for name in names).rstrip(":") for entry in entries)


def _devices(entries: list[dict[str, str]]) -> str:
    of_mentee = any("stage" in entry for entry in entries)
    names = ("device_class", "stage", "model") if of_mentee else ("device_class", "model", "since", "until")
    return _entries(*names)(entries)


_CELL: Mapping[str, Callable[[Any], str]] = {
    "languages": _entries("tag", "level"),
    "musts": _entries("criterion", "value"),
    "life_stages": _entries("code", "until"),
    "devices": _devices,
}
