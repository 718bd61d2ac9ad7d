"""The README's first conversation, typed as it is written, prints what is shown, however often it is typed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.local.keys import local_keys
from deploy.local.server import free_port
from tests.e2e.people import Stage

pytestmark = pytest.mark.system

README = Path(__file__).parents[2] / "README.md"


def typed_and_shown() -> tuple[str, str]:
    """What the README has people type, and what it says that this prints."""
    told = README.read_text(encoding="utf-8")
    typed = re.search(r"```sh\n(URL=.*?)```", told, re.DOTALL)
    shown = re.search(r"It prints:\n\n```text\n(.*?)```", told, re.DOTALL)
    assert typed
    assert shown
    return typed[1], shown[1]


def type_it(typed: str, url: str, keys: Path) -> subprocess.CompletedProcess[str]:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed here")
    here = typed.replace("http://localhost:8080", url).replace("var/run/keys.json", str(keys))
    return subprocess.run(["bash", "-c", here], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("stage", ["embedded"], indirect=True)  # what `make run` starts
def test_the_first_conversation_prints_what_the_readme_shows_as_often_as_it_is_typed(stage: Stage) -> None:
    typed, shown = typed_and_shown()
    for _ in range(2):
        done = type_it(typed, stage.system.url, stage.system.folder / "keys.json")
        assert done.stdout == shown, done.stderr


def test_where_nothing_runs_the_conversation_says_so_and_ends(tmp_path: Path) -> None:
    local_keys(tmp_path / "keys.json")
    typed = typed_and_shown()[0].replace("seq 50", "seq 2")
    done = type_it(typed, f"http://localhost:{free_port()}", tmp_path / "keys.json")
    assert done.stdout.startswith("Cairn does not answer at http://localhost:")
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) < 30
