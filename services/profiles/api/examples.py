"""Example bodies for the API description and its tests."""

from typing import Any

MENTEE: dict[str, Any] = {
    "preferred_name": "Sam",
    "pronouns": "they/them",
    "contact": {"email": "sam@example.org", "phone": "+44 20 7946 0018"},
    "locale": "en",
    "languages": [{"tag": "en", "level": "native"}, {"tag": "es", "level": "conversational"}],
    "relation": "self",
    "diabetes_type": "t1d",
    "diagnosed": "2026-05",
    "situations": ["newly_diagnosed", "considering_device"],
    "devices": [{"device_class": "cgm_rt", "stage": "considering", "model": "dexcom_g7"}],
    "life_stages": [{"code": "student"}],
    "goals": ["emotional", "practical"],
    "topics": ["telling_others", "sleep"],
    "request_shape": "a_few_chats",
    "formats": ["text_chat", "video"],
    "availability": {
        "time_zone": "Europe/London",
        "windows": [{"day": "mon", "start": "18:00", "end": "20:30"}, {"day": "sat", "start": "10:00", "end": "12:00"}],
    },
    "matters_most": ["device", "life_stage"],
    "musts": [{"criterion": "language", "value": "en"}],
    "age_band": "18_24",
    "diagnosis_age_band": "18_24",
    "support": ["friends"],
    "ever_met_a_peer": False,
    "digital_comfort": "easy",
    "access_needs": ["captions"],
    "own_words": "It is all new and a lot. I would like to hear how somebody else got through the first year.",
    "consents": ["matching", "messages", "contact_by_mentor"],
}

MENTOR: dict[str, Any] = {
    "preferred_name": "Alex",
    "contact": {"email": "alex@example.org"},
    "languages": [{"tag": "en", "level": "native"}],
    "relations": ["self"],
    "diabetes_types": ["t1d"],
    "diagnosed": "2009-03",
    "situations": ["newly_diagnosed", "switching_device"],
    "devices": [
        {"device_class": "cgm_rt", "model": "dexcom_g7", "since": "2022-01"},
        {"device_class": "pump_patch", "model": "omnipod_dash", "since": "2019-06", "until": "2022-12"},
    ],
    "life_stages": ["student", "starting_work"],
    "goals": ["emotional", "practical"],
    "topics": ["telling_others", "technology"],
    "styles": ["listener"],
    "request_shapes": ["one_thing", "a_few_chats"],
    "formats": ["text_chat", "video", "phone"],
    "availability": {"time_zone": "Europe/London", "windows": [{"day": "mon", "start": "17:00", "end": "21:00"}]},
    "capacity": 2,
    "hours_per_month": 4,
    "own_words": "I remember the first year well, and what I would have liked to hear.",
    "hopes": "To stay in touch with why I keep going myself.",
    "consents": ["matching", "messages"],
}

APPROVAL = {"decision": "approved", "reason": "Talked on the phone, training done.", "trained_until": "2030-12-31"}
