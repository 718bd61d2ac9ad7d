import csv
import io
import json
from pathlib import Path

import pytest

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


def test_two_files_become_matches_and_a_reason_for_everybody_else(tmp_path: Path) -> None:
    code, told = run(tmp_path)
    written = matches(tmp_path)
    assert code == 0
    assert written["'=early"][0] == "alex"
    assert written["late"][0] == "ines"
    assert written["far"] == ["", "", "nobody in the pool could: language"]
    assert told.startswith("2 matched, mean score ")
    assert "1 waiting; proved best" in told


def test_other_policies_are_shown_beside_the_best(tmp_path: Path) -> None:
    _, told = run(tmp_path, "--compare", "first-come,greedy")
    rows = {line.split()[0]: line.split() for line in told.splitlines()[3:] if line}
    assert rows["optimal"][1] == "2"
    assert rows["first-come"][1:2] + rows["first-come"][3:] == ["1", "1"]
    assert "stable" not in rows


def test_own_weights_count(tmp_path: Path) -> None:
    weights = tmp_path / "w.json"
    weights.write_text(json.dumps({"quality_floor": 99}))
    _, told = run(tmp_path, "--weights", str(weights))
    assert told.startswith("0 matched, 3 waiting")


def test_every_fault_in_files_and_weights_is_listed_and_nothing_is_written(tmp_path: Path) -> None:
    weights = tmp_path / "w.json"
    weights.write_text(json.dumps({"coverage": 101}))
    code, told = run(
        tmp_path, "--weights", str(weights), mentees="id,languages,relation,diabetes_type\nsam,en,me,t1d\n"
    )
    assert code == 2
    assert [line.split(":")[0] for line in told.splitlines()] == ["a.csv", "w.json"]
    assert "line 2, relation" in told
    assert not (tmp_path / "matches.csv").exists()


def test_an_unknown_policy_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(tmp_path, "--compare", "lottery")
    assert "there is no policy 'lottery'" in capsys.readouterr().err


def test_empty_files_of_people_give_an_empty_answer(tmp_path: Path) -> None:
    code, told = run(
        tmp_path, mentees="id,languages,relation,diabetes_type\n", mentors="id,languages,relations,diabetes_types\n"
    )
    assert (code, told.splitlines()[0].split(",")[0]) == (0, "0 matched")


@pytest.mark.parametrize(
    ("rules", "words"),
    [(("places",), "no free place"), (("ready",), "not ready yet"), (("quality_floor",), "below the quality floor")],
)
def test_a_wait_for_mentors_who_fit_says_what_keeps_them(rules: tuple[str, ...], words: str) -> None:
    assert cause_in_words(Unmatched(mentee_id="sam", cause="capacity", rules=rules)).endswith(words)
