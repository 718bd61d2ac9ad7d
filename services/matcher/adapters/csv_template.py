"""Write a template of a people file: every column, and one person who fills each of them."""

import csv
from collections.abc import Mapping
from typing import TextIO

from services.events.fact_table import Coded, Fact
from services.events.vocabulary import codes
from services.matcher.adapters.csv_columns import MENTEE_FACTS, MENTOR_FACTS

_BOTH = {
    "languages": "es:native; en:fluent",
    "diagnosed": "2019-05",
    "situations": "starting_device; burnout",
    "goals": "emotional; practical",
    "topics": "food; night_time",
    "formats": "phone; video",
    "availability": "mon 18:00-20:30; sun 9:00-24:00",
    "time_zone": "Europe/Madrid",
    "gender": "woman",
    "age_band": "35_49",
    "diagnosis_age_band": "25_34",
    "culture": "latin_american",
    "styles": "listener",
}
_MENTEE = {
    "id": "mentee-1",
    **_BOTH,
    "waiting_since": "2026-01-31",
    "relation": "self",
    "diabetes_type": "t1d",
    "devices": "aid:considering; cgm_rt:using:dexcom_g7",
    "life_stages": "raising_children; travelling:2099-06-30",
    "request_shape": "a_few_chats",
    "matters_most": "language; device",
    "musts": "gender:woman; language:es",
    "only_support_is_self": "no",
    "never_met_a_peer": "yes",
    "digital_comfort": "some_help",
    "minor": "no",
}
_MENTOR = {
    "id": "mentor-1",
    **_BOTH,
    "relations": "self",
    "diabetes_types": "t1d; lada",
    "approved": "yes",
    "trained_until": "2099-12-31",
    "capacity": "2",
    "hours_per_month": "4",
    "devices": "aid::2021-03; pump_tubed:ypsopump:2016-01:2021-03",
    "life_stages": "pregnant; raising_children",
    "request_shapes": "one_thing; a_few_chats",
    "cleared_for_minors": "no",
    "also_clinician": "no",
}


def _template(facts: Mapping[str, Fact], examples: Mapping[str, str]) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Return the columns, and the person; a coded fact without an example gets the first code of its vocabulary."""
    derived = {name: codes(fact.answer.axis)[0] for name, fact in facts.items() if isinstance(fact.answer, Coded)}
    return ("id", *facts), {**derived, **examples}


TEMPLATES: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "mentees": _template(MENTEE_FACTS, _MENTEE),
    "mentors": _template(MENTOR_FACTS, _MENTOR),
}
"""By kind of file: its columns, and the person."""


def write_template(kind: str, out: TextIO) -> None:
    """Write the template of ``mentees`` or ``mentors`` as CSV."""
    columns, person = TEMPLATES[kind]
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerow(person)
