"""The hooks of the repository: what a commit subject may be, and one list of checks for Git and pre-commit."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed here")


def is_accepted(subject: str, folder: Path) -> bool:
    message = folder / "message"
    message.write_text(f"{subject}\n\nWhy it changed.\n", encoding="utf-8")
    return subprocess.run([ROOT / ".githooks/commit-msg", message], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    "subject",
    ["matcher: refuse a pin across programmes", "docs, tests: " + "x" * 59, "Merge branch 'a'", 'Revert "matcher: x"'],
)
def test_a_subject_with_area_and_change_is_accepted(subject: str, tmp_path: Path) -> None:
    assert is_accepted(subject, tmp_path)


@pytest.mark.parametrize("subject", ["refuse a pin", "matcher:refuse a pin", "matcher: ", "", "matcher: " + "x" * 64])
def test_another_or_longer_subject_is_refused(subject: str, tmp_path: Path) -> None:
    assert not is_accepted(subject, tmp_path)


def test_pre_commit_runs_the_hooks_of_git_and_nothing_else() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    entries = {hook["entry"] for repository in config["repos"] for hook in repository["hooks"]}
    assert entries == {f".githooks/{path.name}" for path in (ROOT / ".githooks").iterdir()}
    assert all((ROOT / entry).stat().st_mode & 0o100 for entry in entries)


def test_the_pre_commit_hook_runs_commands_of_make_check() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    hook = (ROOT / ".githooks/pre-commit").read_text(encoding="utf-8")
    commands = re.findall(r"^ *\.venv/bin/([^\"\n]*) \"", hook, re.MULTILINE)
    assert len(commands) == 3
    assert [command for command in commands if f"$(BIN)/{command}" not in makefile] == []
