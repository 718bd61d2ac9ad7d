"""The compiled core is a convenience: built by a command, found by what it was built from, missed without harm."""

import logging
from pathlib import Path

import pytest

from services.matcher.domain.compiled import build, loading
from services.matcher.domain.errors import MatchingError


@pytest.mark.slow
def test_building_twice_compiles_once(tmp_path: Path) -> None:
    if build.compiler() is None:
        pytest.skip("no C compiler here")
    made = build.build(tmp_path)
    assert made is not None
    stamp = made.stat().st_mtime_ns
    assert build.build(tmp_path) == made
    assert made.stat().st_mtime_ns == stamp
    assert [path.name for path in tmp_path.iterdir()] == [loading.file_name()]


def test_without_a_compiler_the_build_says_so_and_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "compiler", lambda: None)
    assert build.main([str(tmp_path)]) == 0
    assert "plain twin" in capsys.readouterr().out


def test_a_missing_core_is_one_log_line_and_the_plain_twin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loading, "BUILD", tmp_path)
    monkeypatch.setattr(loading, "BESIDE", tmp_path)
    loading.loaded.cache_clear()
    try:
        with caplog.at_level(logging.INFO):
            assert loading.core(None) is None
            assert loading.core(None) is None
        assert len(caplog.records) == 1
        with pytest.raises(MatchingError, match="not built"):
            loading.core(True)
    finally:
        loading.loaded.cache_clear()


def test_other_sources_ask_for_another_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = loading.file_name()
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "other.c").write_text("int other;")
    monkeypatch.setattr(loading, "KERNEL", tmp_path)
    assert loading.file_name() != before
