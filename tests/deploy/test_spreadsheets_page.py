"""The commands of the page about spreadsheets print what the page shows."""

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "spreadsheets.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
EXAMPLE = [
    (commands, output)
    for (kind, commands), (next_kind, output) in pairwise(BLOCKS)
    if (kind, next_kind) == ("sh", "text")
]


@pytest.mark.slow
def test_the_worked_example_prints_what_the_page_shows(tmp_path: Path) -> None:
    assert len(EXAMPLE) == 3
    binaries = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": binaries, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "HOME": str(tmp_path)}
    for commands, output in EXAMPLE:
        done = subprocess.run(
            ["bash", "-c", commands], cwd=tmp_path, env=environment, capture_output=True, timeout=PATIENCE, check=False
        )
        assert done.stdout.decode("utf-8-sig").replace("\r\n", "\n").replace("\ufeff", "") == output, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"mentees.csv", "mentors.csv", "matches.csv"}


@pytest.mark.slow
def test_larger_files_take_the_same_command(tmp_path: Path) -> None:
    from deploy.demo.survey import write

    write(tmp_path, 500, 1)
    (command,) = (commands for commands, _ in EXAMPLE if "--compare" in commands)
    binaries = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": binaries, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("471 matched")
