"""The API, people files and the engine accept and refuse the same people, and name the same field in each refusal."""

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


def read_from_file(folder: Path, answers: Mapping[str, Any], kind: str) -> ReadPeople[Any]:
    """Return the result of reading a file with one person."""
    cells = {"id": "person", **as_cells(answers)}
    text = io.StringIO()
    writer = csv.DictWriter(text, list(cells))
    writer.writeheader()
    writer.writerow(cells)
    path = folder / f"{kind}.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    return read_mentees(path, NOW) if kind == "mentees" else read_mentors(path, NOW)


def refused_by_api(api: Stage, path: str, body: Mapping[str, Any]) -> list[str]:
    """Return the fields that the API refuses, by their column names."""
    answer = api.ask("POST", path, json=body)
    assert answer.status_code in (403, 422), answer.json
    problem = answer.json or {}
    fields = [error["field"] for error in problem["errors"]] if "errors" in problem else [problem["field"]]
    assert all(error["message"] for error in problem.get("errors", ()))
    return [name.removeprefix("availability.").replace("windows", "availability").split(".")[0] for name in fields]


def fitting_mentor(mentee: Mentee) -> Mentor:
    """Return a mentor with the mentee's language, type, relation and devices who meets all their conditions."""
    facts = a_mentor(
        languages=mentee.facts.languages,
        relations=(mentee.facts.relation,),
        diabetes_types=(mentee.facts.diabetes_type,),
        devices=tuple(lived_with(device.device_class, device.model) for device in mentee.facts.devices),
    ).facts
    for condition in conditions_of(mentee):
        facts = meeting(facts, condition)
    return Mentor(id="mentor", programme="cairn", facts=facts)


@pytest.mark.parametrize("name", GOOD_MENTEES)
def test_a_valid_mentee_is_accepted_everywhere_and_can_be_matched(api: Stage, tmp_path: Path, name: str) -> None:
    answers = {**MENTEE, **GOOD_MENTEES[name]}
    answer = api.ask("POST", "/profiles/v1/mentees", json=mentee_body(**answers))
    assert answer.status_code == 201, answer.json
    (registered,) = api.told(PersonRegistered)
    read = read_from_file(tmp_path, answers, "mentees")
    assert read.faults == ()
    (mentee,) = read.people
    assert mentee.facts == replace(registered.mentee, waiting_since=NOW), "both give the engine the same facts"
    assert len(run_round(a_snapshot([mentee], [fitting_mentor(mentee)])).proposals) == 1


@pytest.mark.parametrize("name", BAD_MENTEES)
def test_an_invalid_mentee_is_refused_everywhere_by_the_same_field(api: Stage, tmp_path: Path, name: str) -> None:
    facts, column = BAD_MENTEES[name]
    answers = {**MENTEE, **facts}
    assert column in refused_by_api(api, "/profiles/v1/mentees", mentee_body(**answers))
    read = read_from_file(tmp_path, answers, "mentees")
    assert (read.people, {fault.column for fault in read.faults}) == ((), {column})
    assert all(fault.message for fault in read.faults)


@pytest.mark.parametrize("name", GOOD_MENTORS)
def test_a_valid_mentor_is_accepted_everywhere(api: Stage, tmp_path: Path, name: str) -> None:
    answers = {**MENTOR, **GOOD_MENTORS[name]}
    answer = api.ask("POST", "/profiles/v1/mentors", json=mentor_body(**answers))
    assert answer.status_code == 201, answer.json
    (registered,) = api.told(PersonRegistered)
    read = read_from_file(tmp_path, answers, "mentors")
    assert read.faults == ()
    assert replace(read.people[0].facts, approved=False, trained_until=None) == registered.mentor


@pytest.mark.parametrize("name", BAD_MENTORS)
def test_an_invalid_mentor_is_refused_everywhere_by_the_same_field(api: Stage, tmp_path: Path, name: str) -> None:
    facts, column = BAD_MENTORS[name]
    answers = {**MENTOR, **facts}
    assert column in refused_by_api(api, "/profiles/v1/mentors", mentor_body(**answers))
    read = read_from_file(tmp_path, answers, "mentors")
    assert (read.people, {fault.column for fault in read.faults}) == ((), {column})


def test_a_fault_of_a_file_names_the_entry_and_the_nearest_code(tmp_path: Path) -> None:
    (fault,) = read_from_file(
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
    assert fault.message.startswith("'gender:female': This isn't one of the codes for gender")
    assert "nearest: woman" in fault.message


def test_a_file_may_contain_mentors_without_a_free_place(tmp_path: Path) -> None:
    (mentor,) = read_from_file(tmp_path, {**MENTOR, "capacity": 0}, "mentors").people
    assert mentor.free == 0


def test_a_person_under_18_in_a_file_is_a_minor(tmp_path: Path) -> None:
    (young,) = read_from_file(tmp_path, {**MENTEE, "age_band": "under_18"}, "mentees").people
    assert young.facts.minor
    (fault,) = read_from_file(tmp_path, {**MENTEE, "age_band": "25_34", "minor": "yes"}, "mentees").faults
    assert fault.column == "minor"


def every_must() -> list[Must]:
    """Return valid conditions on every criterion; languages are those of the mentee below."""
    values = {name: codes(name) for name in ("gender", "device_class", "diabetes_type", "format", "life_stage")}
    values |= {"relation": (*codes("relation"), ANY_RELATION), "device_model": tuple(device_models())}
    values |= {"language": ("en", "en-GB", "cy")}
    return [Must(criterion=name, value=value) for name, codes_of in values.items() for value in codes_of]


@given(musts=st.lists(st.sampled_from(every_must()), max_size=8))
def test_some_mentor_could_meet_any_accepted_conditions(musts: list[Must]) -> None:
    """Otherwise an accepted set of conditions would make a match impossible."""
    mentee = a_mentee(languages=spoken("en", "cy"), musts=tuple(musts))
    if list(mentee_faults(mentee.facts, NOW.date())):
        return
    result = run_round(a_snapshot([mentee], [fitting_mentor(mentee)]))
    assert len(result.proposals) == 1, result.unmatched


@given(musts=st.lists(st.sampled_from(every_must()), max_size=4, unique=True), random=st.randoms())
def test_the_order_of_conditions_changes_nothing(musts: list[Must], random: Any) -> None:
    def refused(listed: list[Must]) -> bool:
        return bool(list(mentee_faults(a_mentee(languages=spoken("en", "cy"), musts=tuple(listed)).facts, NOW.date())))

    shuffled = list(musts)
    random.shuffle(shuffled)
    assert refused(musts) == refused(shuffled)


def test_people_with_only_required_answers_have_no_faults() -> None:
    mentee, mentor = a_mentee().facts, a_mentor().facts
    assert isinstance(mentee, MenteeFacts)
    assert isinstance(mentor, MentorFacts)
    assert [*mentee_faults(mentee, NOW.date()), *mentor_faults(mentor, NOW.date())] == []
