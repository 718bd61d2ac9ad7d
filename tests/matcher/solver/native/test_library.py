"""The compiled core is optional: built by a command, found by a hash of its sources."""

import logging
from pathlib import Path

import pytest

from services.matcher.solver.errors import SolverError
from services.matcher.solver.native import build, library


@pytest.mark.slow
def test_building_twice_compiles_once(tmp_path: Path) -> None:
    if build.compiler() is None:
        pytest.skip("no C compiler here")
    made = build.build(tmp_path)
    assert made is not None
    stamp = made.stat().st_mtime_ns
    assert build.build(tmp_path) == made
    assert made.stat().st_mtime_ns == stamp
    assert [path.name for path in tmp_path.iterdir()] == [library.file_name()]


def in_the_way(folder: Path) -> Path:
    """Return a folder that cannot be created, because a file has the name of its parent."""
    folder.write_text("")
    return folder / "kernel"


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_gives_way_to_the_next(tmp_path: Path) -> None:
    if build.compiler() is None:
        pytest.skip("no C compiler here")
    made = build.build(in_the_way(tmp_path / "file"), tmp_path / "next")
    assert made == tmp_path / "next" / library.file_name()


def test_without_a_writable_folder_the_build_reports_it_and_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "compiler", lambda: ["cc"])
    folder = in_the_way(tmp_path / "file")
    assert build.main([str(folder)]) == 0
    assert capsys.readouterr().out == (
        f"compiled matching core: no folder can be written ({folder}); the plain twin serves\n"
    )


def test_a_failing_compiler_is_reported_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "compiler", lambda: ["false"])
    assert build.main([str(tmp_path)]) == 1
    assert "the C compiler failed; the plain twin serves" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_installed_package_leaves_the_folder_of_packages_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "ROOT", tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert library.folders() == [library.BUILD, library.BESIDE]
    (tmp_path / "cairn-0.1.0.dist-info").mkdir()
    assert library.folders() == [library.BESIDE, tmp_path / "cache" / "cairn"]


def test_an_account_without_a_home_has_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    (tmp_path / "cairn-0.1.0.dist-info").mkdir()
    monkeypatch.setattr(library, "ROOT", tmp_path)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert library.folders() == [library.BESIDE]


def test_without_a_compiler_the_build_reports_it_and_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "compiler", lambda: None)
    assert build.main([str(tmp_path)]) == 0
    assert "plain twin" in capsys.readouterr().out


def test_a_missing_core_is_one_log_line_and_the_plain_twin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(library, "BUILD", tmp_path)
    monkeypatch.setattr(library, "BESIDE", tmp_path)
    library.loaded.cache_clear()
    try:
        with caplog.at_level(logging.INFO):
            assert library.core(None) is None
            assert library.core(None) is None
        assert len(caplog.records) == 1
        with pytest.raises(SolverError, match="not built"):
            library.core(True)
    finally:
        library.loaded.cache_clear()


def test_other_sources_need_another_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = library.file_name()
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "other.c").write_text("int other;")
    monkeypatch.setattr(library, "SOLVER", tmp_path)
    assert library.file_name() != before
