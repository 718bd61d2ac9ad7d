"""Two tables of any make are matched from Python, as docs/notebook.md shows it."""

import contextlib
import io
import math
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.matcher.adapters.notebook import Matched, UnreadableTableError, match

PAGE = (Path(__file__).parents[3] / "docs" / "notebook.md").read_text(encoding="utf-8")
AT = datetime(2025, 6, 2, 12, tzinfo=UTC)
MENTEES: list[dict[str, Any]] = [
    {"id": "early", "languages": "es; en", "relation": "self", "diabetes_type": "t1d", "topics": "food"},
    {"id": "far", "languages": "sw", "relation": "self", "diabetes_type": "t1d"},
]
MENTORS: list[dict[str, Any]] = [{"id": "ines", "languages": "es; en", "relations": "self", "diabetes_types": "t1d"}]


class Frame:
    """What a data frame offers."""

    def __init__(self, records: list[dict[str, Any]]) -> None:
        self._records = records

    def to_dict(self, orient: Any) -> list[dict[str, Any]]:
        assert orient == "records"
        return self._records


def pairs(made: Matched) -> list[tuple[str, str]]:
    return [(one["mentee"], one["mentor"]) for one in made.pairs]


def test_the_page_runs_as_it_stands_and_prints_what_it_shows() -> None:
    known: dict[str, Any] = {}
    printed, shown = "", 0
    for kind, text in re.findall(r"```(\w+)\n(.*?)```", PAGE, flags=re.DOTALL):
        if kind == "text":
            assert text == printed
            shown += 1
        else:
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(text, known)  # noqa: S102 - the page's own code is what is tested
            printed = out.getvalue()
    assert shown == 4


def test_dicts_frames_and_files_give_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "id,languages,relation,diabetes_type,topics\nearly,es; en,self,t1d,food\nfar,sw,self,t1d,\n"
    )
    (tmp_path / "b.csv").write_text("id,languages,relations,diabetes_types\nines,es; en,self,t1d\n")
    made = match(MENTEES, MENTORS, at=AT)
    assert pairs(made) == [("early", "ines")]
    assert made.proved
    for other in (
        match(Frame(MENTEES), Frame(MENTORS), at=AT),
        match(tmp_path / "a.csv", str(tmp_path / "b.csv"), at=AT),
        match(tuple(MENTEES), tmp_path / "b.csv", at=AT),
    ):
        assert other.pairs == made.pairs
        assert other.unmatched == made.unmatched


def test_an_unmatched_mentee_comes_with_the_reason() -> None:
    (one,) = match(MENTEES, MENTORS, at=AT).unmatched
    assert one == {
        "mentee": "far",
        "cause": "never_possible",
        "rules": ["language"],
        "why": "nobody in the pool could",
    }


def test_policies_are_compared_when_asked_for() -> None:
    made = match(MENTEES, MENTORS, at=AT, compare=("greedy",))
    assert [(one["policy"], one["matched"], one["people_lost"]) for one in made.policies] == [
        ("optimal", 1, 0),
        ("greedy", 1, 0),
    ]
    assert match(MENTEES, MENTORS, at=AT).policies == []
    with pytest.raises(KeyError):
        match(MENTEES, MENTORS, at=AT, compare=("luck",))


def test_cells_may_be_lists_dates_numbers_truths_and_nothing() -> None:
    mentee = {
        **MENTEES[0],
        "topics": ["food", "work"],
        "waiting_since": date(2025, 1, 1),
        "minor": True,
        "gender": None,
    }
    open_to_minors = {**MENTORS[0], "cleared_for_minors": True, "capacity": 1.0, "hours_per_month": math.nan}
    assert pairs(match([mentee], [open_to_minors], at=AT)) == [("early", "ines")]
    assert match([mentee], [{**open_to_minors, "cleared_for_minors": False}], at=AT).pairs == []
    assert match([mentee], [{**open_to_minors, "capacity": 0.0}], at=AT).unmatched[0]["cause"] == "capacity"


def test_own_weights_count() -> None:
    assert match(MENTEES, MENTORS, at=AT, weights={"quality_floor": 100}).pairs == []


def test_all_faults_of_tables_and_weights_are_reported_at_once() -> None:
    faulty = [MENTEES[0], {**MENTEES[1], "relation": "friend"}, {**MENTEES[0], "languages": None}]
    with pytest.raises(UnreadableTableError) as found:
        match(faulty, [{**MENTORS[0], "capacity": "many"}], at=AT, weights={"quality_floor": 400})
    assert [(one.file, one.line, one.column) for one in found.value.faults] == [
        ("mentees", 2, "relation"),
        ("mentees", 3, "languages"),
        ("mentees", 3, "id"),
        ("mentors", 1, "capacity"),
        ("weights", 0, "quality_floor"),
    ]
    assert "mentees: row 2, relation: 'friend' is not a relation" in str(found.value)


def test_the_same_fault_of_many_people_is_one_line() -> None:
    with pytest.raises(UnreadableTableError) as found:
        match([{**MENTEES[0], "id": str(number), "relation": "friend"} for number in range(50)], MENTORS, at=AT)
    assert len(found.value.faults) == 50
    assert str(found.value) == (
        "mentees: rows 1, 2, 3 and 47 more, relation: 'friend' is not a relation; nearest: parent"
    )


def test_an_empty_table_is_reported_in_a_sentence() -> None:
    walked = iter(MENTEES)
    assert len(list(walked)) == 2
    empty: list[Any] = [[], {}, walked]
    for nobody in empty:
        with pytest.raises(UnreadableTableError, match="mentees: has nobody in it"):
            match(nobody, MENTORS, at=AT)


def test_other_peoples_columns_are_renamed_left_out_and_filled_in() -> None:
    theirs = [{"Name": "early", "Your language": "Español", "Grade": "7"}]
    made = match(
        theirs,
        MENTORS,
        at=AT,
        columns={"name": "id", "Your language": "languages"},
        ignore_unknown=True,
        defaults={"relation": "self", "diabetes_types": ["t1d"]},
    )
    assert pairs(made) == [("early", "ines")]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"columns": {"Grade": "age_bnd"}}, "columns and defaults: age_bnd: is not ours"),
        ({"defaults": {"shoe_size": 4}}, "columns and defaults: shoe_size: is not ours"),
        ({"defaults": {"id": "x"}}, "columns and defaults: id: is not ours"),
        ({"defaults": {"topics": {}}}, "defaults: topics: a dict is not a cell"),
        ({"columns": {"Grade": "topics"}}, "columns: Grade: is a column of neither table"),
    ],
)
def test_options_about_missing_columns_are_refused(said: dict[str, Any], told: str) -> None:
    with pytest.raises(UnreadableTableError) as found:
        match(MENTEES, MENTORS, at=AT, **said)
    assert str(found.value).startswith(told)


def test_equal_scores_of_all_pairs_give_a_warning() -> None:
    same = [{"id": name, "languages": "en", "relation": "self", "diabetes_type": "t1d"} for name in "abc"]
    offering = [{"id": name, "languages": "en", "relations": "self", "diabetes_types": "t1d"} for name in "klm"]
    made = match(same, offering, at=AT)
    (warning,) = made.warnings
    assert warning.startswith("every possible pair has the same score, ")
    assert f"Warning: {warning}" in str(made)
    apart = [{**same[0], "topics": "food"}, *same[1:]], [{**offering[0], "topics": "food"}, *offering[1:]]
    assert match(*apart, at=AT).warnings == []
