"""The API, people files and the engine take the same people and refuse the same, each refusal by its field."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.storage.migrations import migrate
from services.events.facts import ANY_RELATION, MenteeFacts, MentorFacts, Must
from services.events.profiles import PersonRegistered
from services.events.validation import mentee_faults, mentor_faults
from services.events.vocabulary import codes
from services.events.vocabulary.device_models import device_models
from services.matcher.adapters.csv_people import ReadPeople, read_mentees, read_mentors
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.hard_rules.conditions import conditions_of, meeting
from services.matcher.domain.round import run_round
from services.profiles.bootstrap import SERVICE
from tests.contract.sign_ups import BAD_MENTEES, BAD_MENTORS, GOOD_MENTEES, GOOD_MENTORS, MENTEE, MENTOR, as_cells
from tests.profiles.app_harness import Stage, mentee_body, mentor_body
from tests.profiles.conftest import stage_at
from tests.support.people import NOW, a_mentee, a_mentor, a_snapshot, lived_with, spoken


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("profiles")
    migrate(f"sqlite:///{folder}/empty.db", SERVICE.migrations)
    stage = stage_at(folder / "empty.db", folder)
    yield stage
    stage.close()


@pytest.fixture
def api(opened: Stage) -> Stage:
    opened.reset()
    return opened


def in_a_file(folder: Path, told: Mapping[str, Any], kind: str) -> ReadPeople[Any]:
    """One person in a file of their own."""
    cells = {"id": "somebody", **as_cells(told)}
    text = io.StringIO()
    writer = csv.DictWriter(text, list(cells))
    writer.writeheader()
    writer.writerow(cells)
    path = folder / f"{kind}.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    return read_mentees(path, NOW) if kind == "mentees" else read_mentors(path, NOW)


def refused_by_api(api: Stage, path: str, body: Mapping[str, Any]) -> list[str]:
    """The fields that the API names, as the columns of files are called."""
    answer = api.ask("POST", path, json=body)
    assert answer.status_code in (403, 422), answer.json
    problem = answer.json or {}
    fields = [error["field"] for error in problem["errors"]] if "errors" in problem else [problem["field"]]
    assert all(error["message"] for error in problem.get("errors", ()))
    return [name.removeprefix("availability.").replace("windows", "availability").split(".")[0] for name in fields]


def someone_who_meets(mentee: Mentee) -> Mentor:
    """A mentor made for one person: with their language, type, relation and devices, and all that they insist on."""
    facts = a_mentor(
        languages=mentee.facts.languages,
        relations=(mentee.facts.relation,),
        diabetes_types=(mentee.facts.diabetes_type,),
        devices=tuple(lived_with(one.device_class, one.model) for one in mentee.facts.devices),
    ).facts
    for condition in conditions_of(mentee):
        facts = meeting(facts, condition)
    return Mentor(id="mentor", programme="cairn", facts=facts)


@pytest.mark.parametrize("name", GOOD_MENTEES)
def test_a_mentee_whom_one_way_in_takes_all_take_and_the_engine_can_match(
    api: Stage, tmp_path: Path, name: str
) -> None:
    told = {**MENTEE, **GOOD_MENTEES[name]}
    answer = api.ask("POST", "/profiles/v1/mentees", json=mentee_body(**told))
    assert answer.status_code == 201, answer.json
    (registered,) = api.told(PersonRegistered)
    read = in_a_file(tmp_path, told, "mentees")
    assert read.faults == ()
    (mentee,) = read.people
    assert mentee.facts == replace(registered.mentee, waiting_since=NOW), "both tell the engine the same"
    assert len(run_round(a_snapshot([mentee], [someone_who_meets(mentee)])).proposals) == 1


@pytest.mark.parametrize("name", BAD_MENTEES)
def test_a_mentee_whom_one_way_in_refuses_all_refuse_by_the_same_field(api: Stage, tmp_path: Path, name: str) -> None:
    facts, column = BAD_MENTEES[name]
    told = {**MENTEE, **facts}
    assert column in refused_by_api(api, "/profiles/v1/mentees", mentee_body(**told))
    read = in_a_file(tmp_path, told, "mentees")
    assert (read.people, {fault.column for fault in read.faults}) == ((), {column})
    assert all(fault.message for fault in read.faults)


@pytest.mark.parametrize("name", GOOD_MENTORS)
def test_a_mentor_whom_one_way_in_takes_all_take(api: Stage, tmp_path: Path, name: str) -> None:
    told = {**MENTOR, **GOOD_MENTORS[name]}
    answer = api.ask("POST", "/profiles/v1/mentors", json=mentor_body(**told))
    assert answer.status_code == 201, answer.json
    (registered,) = api.told(PersonRegistered)
    read = in_a_file(tmp_path, told, "mentors")
    assert read.faults == ()
    assert replace(read.people[0].facts, approved=False, trained_until=None) == registered.mentor


@pytest.mark.parametrize("name", BAD_MENTORS)
def test_a_mentor_whom_one_way_in_refuses_all_refuse_by_the_same_field(api: Stage, tmp_path: Path, name: str) -> None:
    facts, column = BAD_MENTORS[name]
    told = {**MENTOR, **facts}
    assert column in refused_by_api(api, "/profiles/v1/mentors", mentor_body(**told))
    read = in_a_file(tmp_path, told, "mentors")
    assert (read.people, {fault.column for fault in read.faults}) == ((), {column})


def test_a_file_says_which_entry_is_meant_and_what_to_write(tmp_path: Path) -> None:
    (fault,) = in_a_file(
        tmp_path,
        {
            **MENTEE,
            "musts": [
                {"criterion": "format", "value": "phone"},
                {"criterion": "gender", "value": "female"},
            ],
        },
        "mentees",
    ).faults
    assert fault.message.startswith("'gender:female': This is not one of the codes for gender")
    assert "nearest: woman" in fault.message


def test_a_file_may_have_mentors_without_a_free_place(tmp_path: Path) -> None:
    (mentor,) = in_a_file(tmp_path, {**MENTOR, "capacity": 0}, "mentors").people
    assert mentor.free == 0


def test_whoever_is_under_18_is_a_minor_whatever_else_a_file_says(tmp_path: Path) -> None:
    (young,) = in_a_file(tmp_path, {**MENTEE, "age_band": "under_18"}, "mentees").people
    assert young.facts.minor
    (fault,) = in_a_file(tmp_path, {**MENTEE, "age_band": "25_34", "minor": "yes"}, "mentees").faults
    assert fault.column == "minor"


def every_must() -> list[Must]:
    """Conditions of every kind, with values that are there; languages are those of the person below."""
    values = {name: codes(name) for name in ("gender", "device_class", "diabetes_type", "format", "life_stage")}
    values |= {"relation": (*codes("relation"), ANY_RELATION), "device_model": tuple(device_models())}
    values |= {"language": ("en", "en-GB", "cy")}
    return [Must(criterion=name, value=value) for name, told in values.items() for value in told]


@given(musts=st.lists(st.sampled_from(every_must()), max_size=8))
def test_whatever_conditions_are_taken_somebody_could_meet_them_all(musts: list[Must]) -> None:
    """So no condition that was taken is the false reason why nobody could ever be found."""
    mentee = a_mentee(languages=spoken("en", "cy"), musts=tuple(musts))
    if list(mentee_faults(mentee.facts, NOW.date())):
        return
    made = run_round(a_snapshot([mentee], [someone_who_meets(mentee)]))
    assert len(made.proposals) == 1, made.unmatched


@given(musts=st.lists(st.sampled_from(every_must()), max_size=4, unique=True), told=st.randoms())
def test_the_order_of_conditions_changes_nothing(musts: list[Must], told: Any) -> None:
    def refused(listed: list[Must]) -> bool:
        return bool(list(mentee_faults(a_mentee(languages=spoken("en", "cy"), musts=tuple(listed)).facts, NOW.date())))

    shuffled = list(musts)
    told.shuffle(shuffled)
    assert refused(musts) == refused(shuffled)


def test_what_a_person_says_is_free_of_faults_where_they_say_the_least() -> None:
    mentee, mentor = a_mentee().facts, a_mentor().facts
    assert isinstance(mentee, MenteeFacts)
    assert isinstance(mentor, MentorFacts)
    assert [*mentee_faults(mentee, NOW.date()), *mentor_faults(mentor, NOW.date())] == []
