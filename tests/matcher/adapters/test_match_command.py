import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.matcher.adapters import match_command
from services.matcher.adapters.csv_columns import MENTEE_COLUMNS, MENTOR_COLUMNS
from services.matcher.adapters.csv_people import read_mentees, read_mentors
from services.matcher.adapters.match_command import cause_in_words, main
from services.matcher.domain.round import Unmatched

MENTEES = (
    "id,languages,relation,diabetes_type,topics,waiting_since\n"
    "=early,es;en,self,t1d,food,2025-01-01\n"
    "late,es,self,t1d,work,2025-02-01\n"
    "far,sw,self,t1d,,2025-02-02\n"
)
MENTORS = "id,languages,relations,diabetes_types,topics\nalex,en,self,t1d,work\nines,es;en,self,t1d,food\n"


def run(folder: Path, *more: str, mentees: str = MENTEES, mentors: str = MENTORS) -> tuple[int, str]:
    (folder / "a.csv").write_text(mentees)
    (folder / "b.csv").write_text(mentors)
    out = io.StringIO()
    options = ["--mentees", "a.csv", "--mentors", "b.csv", "--out", "matches.csv"]
    paths = [str(folder / one) if one.endswith(".csv") else one for one in options]
    return main([*paths, *more], out), out.getvalue()


def matches(folder: Path) -> dict[str, list[str]]:
    with (folder / "matches.csv").open(newline="") as file:
        return {row[0]: row[1:] for row in csv.reader(file)}


def test_two_files_become_matches_and_reasons_for_the_unmatched(tmp_path: Path) -> None:
    code, printed = run(tmp_path)
    written = matches(tmp_path)
    assert code == 0
    assert written["'=early"][0] == "alex"
    assert written["late"][0] == "ines"
    assert written["far"] == ["", "", "nobody in the pool could: language"]
    assert printed.startswith("2 matched, mean score ")
    assert "1 waiting; proved best" in printed


def test_other_policies_are_shown_beside_the_best(tmp_path: Path) -> None:
    _, printed = run(tmp_path, "--compare", "first-come,greedy")
    rows = {line.split()[0]: line.split() for line in printed.splitlines()[3:] if line}
    assert rows["optimal"][1] == "2"
    assert rows["first-come"][1:2] + rows["first-come"][3:] == ["1", "1"]
    assert "stable" not in rows


def test_own_weights_count(tmp_path: Path) -> None:
    weights = tmp_path / "w.json"
    weights.write_text(json.dumps({"quality_floor": 99}))
    _, printed = run(tmp_path, "--weights", str(weights))
    assert printed.startswith("0 matched, 3 waiting")


def test_every_fault_in_files_and_weights_is_listed_and_nothing_is_written(tmp_path: Path) -> None:
    weights = tmp_path / "w.json"
    weights.write_text(json.dumps({"coverage": 101}))
    code, printed = run(
        tmp_path, "--weights", str(weights), mentees="id,languages,relation,diabetes_type\nsam,en,me,t1d\n"
    )
    assert code == 2
    assert [line.split(":")[0] for line in printed.splitlines()] == ["a.csv", "w.json"]
    assert "line 2, relation" in printed
    assert not (tmp_path / "matches.csv").exists()


SURVEY = "E-mail,Grade,Organisation,Profession,Identity\n"
SURVEYED = (
    SURVEY + "a@example.org,7,North,Policy,My child has diabetes\nb@example.org,6,South,Digital,I live with diabetes\n",
    SURVEY + "k@example.org,6,North,Policy,I live with diabetes\nl@example.org,7,East,Law,My child has diabetes\n",
)
AS_OURS = ["--map", "E-mail=id", "--default", "languages=en", "--default", "diabetes_type=t1d"]


def test_a_spreadsheet_with_other_columns_is_refused_in_a_few_lines_with_ours_once(tmp_path: Path) -> None:
    code, printed = run(tmp_path, mentees=SURVEYED[0], mentors=SURVEYED[1])
    lines = printed.splitlines()
    assert code == 2
    assert [line.split(":")[0] for line in lines] == ["a.csv"] * 3 + ["b.csv"] * 3
    assert [line for line in lines if "are not columns of" in line] == [lines[0], lines[3]]
    assert printed.count("only_support_is_self") == printed.count("cleared_for_minors") == 1


def test_other_peoples_columns_are_mapped_left_out_and_filled_in(tmp_path: Path) -> None:
    options = [*AS_OURS, "--map", "identity=relation", "--ignore-unknown"]
    code, printed = run(tmp_path, *options, mentees=SURVEYED[0], mentors=SURVEYED[1])
    assert (code, printed.split(",")[0]) == (0, "2 matched")
    assert {one: row[0] for one, row in matches(tmp_path).items() if "@" in one} == {
        "a@example.org": "l@example.org",
        "b@example.org": "k@example.org",
    }
    assert "Warning" not in printed


def test_equal_scores_of_all_pairs_give_a_warning(tmp_path: Path) -> None:
    options = [*AS_OURS, "--default", "relation=self", "--ignore-unknown"]
    code, printed = run(tmp_path, *options, mentees=SURVEYED[0], mentors=SURVEYED[1])
    assert code == 0
    assert "Warning: every possible pair has the same score, " in printed


def test_a_column_that_no_file_has_cannot_be_mapped(tmp_path: Path) -> None:
    assert run(tmp_path, "--map", "Shoe size=topics") == (2, "--map: Shoe size: is a column of neither file\n")


@pytest.mark.parametrize(
    ("option", "printed"),
    [
        (("--map", "Grade"), "both sides of the ="),
        (("--map", "=topics"), "both sides of the ="),
        (("--default", "languages="), "both sides of the ="),
        (("--map", "Grade=grade"), "'grade' cannot stand"),
        (("--default", "grade=7"), "'grade' cannot stand"),
        (("--default", "id=7"), "'id' cannot stand"),
    ],
)
def test_column_options_are_validated(
    tmp_path: Path, option: tuple[str, str], printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(tmp_path, *option)
    assert ended.value.code == 2
    assert printed in capsys.readouterr().err


def test_the_same_fault_of_many_people_is_one_line(tmp_path: Path) -> None:
    head, rows = "id,languages,relation,diabetes_type\n", [f"{n},en,me,t1d\n" for n in range(500)]
    _, printed = run(tmp_path, mentees=head + "".join(rows))
    assert (
        printed
        == "a.csv: lines 2, 3, 4 and 497 more, relation: 'me' is not a relation; nearest: self, parent, partner\n"
    )


def test_nothing_is_written_where_nobody_asked_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text(MENTEES)
    (tmp_path / "b.csv").write_text(MENTORS)
    monkeypatch.chdir(tmp_path)
    out = io.StringIO()
    assert main(["--mentees", "a.csv", "--mentors", "b.csv"], out) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv"]
    assert out.getvalue().endswith("Nothing was written; --out FILE writes who meets whom.\n")


def test_matches_are_shown_on_the_terminal_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, printed = run(tmp_path, "--out", "-")
    assert code == 0
    assert [row[0] for row in csv.reader(printed.splitlines())] == ["mentee", "'=early", "far", "late"]
    assert capsys.readouterr().err.startswith("2 matched")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv"]


def test_an_unwritable_output_is_reported_before_the_match(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match_command, "match_files", lambda *_: pytest.fail("matched for nothing"))
    (tmp_path / "taken").mkdir()
    for out, says in (("nowhere/matches.csv", "there is no folder"), ("taken", "is a folder")):
        code, printed = run(tmp_path, "--out", str(tmp_path / out))
        assert (code, len(printed.splitlines())) == (2, 1)
        assert says in printed


def test_a_failing_write_is_reported_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(match_command, "_write", full)
    assert run(tmp_path) == (2, "matches.csv: cannot be written: No space left on device\n")


def test_the_mean_above_is_the_mean_of_the_table(tmp_path: Path) -> None:
    head, rows = (
        "id,languages,relation,diabetes_type,topics",
        "ana,es; en:basic,self,t1d,food\nben,en,self,t1d,work; food",
    )
    mentors = MENTORS.splitlines()[0] + "\nluis,es; en,self,t1d,food; work\nmary,en,self,t1d,work\n"
    _, printed = run(tmp_path, "--compare", "greedy", mentees=f"{head}\n{rows}\n", mentors=mentors)
    (row,) = (line.split() for line in printed.splitlines() if line.startswith("optimal"))
    assert printed.startswith(f"2 matched, mean score {row[2]}, ")
    rounded = [int(one[1]) for one in matches(tmp_path).values() if one[1].isdigit()]
    assert f"{sum(rounded) / 2:.1f}" != row[2], "here rounding pair by pair would show"


@pytest.mark.parametrize("kind", ["mentees", "mentors"])
def test_a_template_has_every_column_and_a_person_who_can_be_read(kind: str, tmp_path: Path) -> None:
    out = io.StringIO()
    assert main(["--template", kind], out) == 0
    columns, person = csv.reader(out.getvalue().splitlines())
    assert columns == ["id", *(MENTEE_COLUMNS if kind == "mentees" else MENTOR_COLUMNS)]
    assert all(person)
    (tmp_path / "people.csv").write_text(out.getvalue())
    at = datetime(2026, 2, 1, tzinfo=UTC)
    read = (read_mentees if kind == "mentees" else read_mentors)(tmp_path / "people.csv", at)
    assert (len(read.people), read.faults) == (1, ())


def test_the_people_of_the_templates_meet(tmp_path: Path) -> None:
    printed = {kind: io.StringIO() for kind in ("mentees", "mentors")}
    for kind, out in printed.items():
        main(["--template", kind], out)
    code, said = run(tmp_path, mentees=printed["mentees"].getvalue(), mentors=printed["mentors"].getvalue())
    assert (code, said.startswith("1 matched")) == (0, True)


def test_files_are_needed_unless_a_template_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--mentees", "a.csv"])
    assert "--mentors" in capsys.readouterr().err


def test_an_unknown_policy_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(tmp_path, "--compare", "lottery")
    assert "there is no policy 'lottery'" in capsys.readouterr().err


def test_empty_files_of_people_give_an_empty_answer(tmp_path: Path) -> None:
    code, printed = run(
        tmp_path, mentees="id,languages,relation,diabetes_type\n", mentors="id,languages,relations,diabetes_types\n"
    )
    assert (code, printed.splitlines()[0].split(",")[0]) == (0, "0 matched")


@pytest.mark.parametrize(
    ("rules", "words"),
    [(("places",), "no free place"), (("ready",), "not ready yet"), (("quality_floor",), "below the quality floor")],
)
def test_a_wait_for_mentors_who_fit_says_what_keeps_them(rules: tuple[str, ...], words: str) -> None:
    assert cause_in_words(Unmatched(mentee_id="sam", cause="capacity", rules=rules)).endswith(words)
