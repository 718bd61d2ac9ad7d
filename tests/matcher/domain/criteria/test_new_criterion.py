"""The example criterion of docs/matching.md works exactly as printed: two files and nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from services.chassis.i18n.translations import Words
from services.matcher.bootstrap import WORDS
from services.matcher.domain.criteria import each as room
from services.matcher.domain.criteria.registry import criteria
from services.matcher.domain.explain import explain
from services.matcher.domain.explain.why_unmatched import is_own
from services.matcher.domain.insights.preferences import preferences_of
from services.matcher.domain.round import run_round, solve_pool
from services.matcher.domain.weights import catalogue, criterion_data, default_weights, validate, weights_from_json
from services.matcher.use_cases.wording.causes_and_rules import format_rule
from services.matcher.use_cases.wording.match_reasons import format_reasons
from tests.support.people import NOW, a_mentee, a_mentor, a_snapshot

ROOT = Path(__file__).parents[4]


@pytest.fixture
def years_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    page = (ROOT / "docs" / "matching.md").read_text(encoding="utf-8").split("## A new criterion")[1]
    data, code = (re.search(rf"```{kind}\n(.*?)```", page, flags=re.DOTALL) for kind in ("json", "python"))
    assert data
    assert code
    for name in catalogue.criterion_names():
        (tmp_path / f"{name}.json").write_text((catalogue._FOLDER / f"{name}.json").read_text())
    (tmp_path / "years_ahead.json").write_text(data[1])
    (tmp_path / "years_ahead.py").write_text(code[1])
    monkeypatch.setattr(catalogue, "_FOLDER", tmp_path)
    monkeypatch.setattr(room, "__path__", [*room.__path__, str(tmp_path)])
    caches = (catalogue.criterion_names, catalogue.criterion_data, criteria)
    for cache in caches:
        cache.cache_clear()
    yield
    monkeypatch.undo()
    for cache in caches:
        cache.cache_clear()


@pytest.mark.usefixtures("years_ahead")
def test_two_files_are_enough_for_a_new_criterion() -> None:
    weights = default_weights()
    assert validate(weights) == []
    mentee = a_mentee("sam", diagnosed="2026-01")
    near, far = a_mentor("near", diagnosed="2025-01"), a_mentor("far", diagnosed="2015-01")
    scores = [
        next(part.score for part in explain(mentee, one, weights, NOW).parts if part.criterion == "years_ahead")
        for one in (near, far)
    ]
    assert scores == [20, 100]
    assert run_round(a_snapshot([mentee], [near, far])).proposals[0].mentor_id == "far"


@pytest.mark.usefixtures("years_ahead")
@pytest.mark.parametrize(
    ("locale", "label", "shared"),
    [
        ("en", "Years ahead", "years of living with it"),
        ("ar", "سنوات من الخبرة", "سنوات من العيش معه"),
    ],
)
def test_its_shared_code_is_shown_in_the_readers_language(locale: str, label: str, shared: str) -> None:
    mentee, mentor = a_mentee(diagnosed="2026-01"), a_mentor(diagnosed="2015-01")
    part = next(one for one in explain(mentee, mentor, default_weights(), NOW).parts if one.criterion == "years_ahead")
    phrases = Words(WORDS).of(locale)
    (reason,) = format_reasons([part], phrases)
    assert (reason.label, reason.shared) == (label, (shared,))
    assert format_rule("years_ahead", phrases) == label


@pytest.mark.usefixtures("years_ahead")
def test_its_file_decides_whether_a_mentor_brings_it_and_a_mentee_owns_it(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = a_snapshot([a_mentee(diagnosed="2026-01")], [a_mentor("near"), a_mentor("far", diagnosed="2015-01")])
    one, other = preferences_of(solve_pool(snapshot).problem).for_mentor[0].tolist()
    assert abs(one - other) == 15 * 50, "a mentor brings it, by its weight; a missing answer is neutral"
    assert not is_own("years_ahead")
    monkeypatch.setitem(cast("dict[str, Any]", criterion_data("years_ahead")), "own", True)
    assert is_own("years_ahead")


@pytest.mark.usefixtures("years_ahead")
def test_an_admin_can_make_it_a_condition() -> None:
    hard, _ = weights_from_json({"criteria": {"years_ahead": {"mode": "hard"}}})
    assert hard is not None
    same_year = explain(a_mentee(diagnosed="2026-01"), a_mentor(diagnosed="2026-05"), hard, NOW)
    assert same_year.rules == ("years_ahead",)
