"""The README's first conversation, typed as it is written, prints what is shown."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.people import Stage

pytestmark = pytest.mark.system

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("stage", ["embedded"], indirect=True)  # what `make run` starts
def test_the_first_conversation_prints_what_the_readme_shows(stage: Stage) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed here")
    told = README.read_text(encoding="utf-8")
    typed = re.search(r"```sh\n(URL=.*?)```", told, re.DOTALL)
    shown = re.search(r"It prints:\n\n```text\n(.*?)```", told, re.DOTALL)
    assert typed
    assert shown
    here = typed[1].replace("http://localhost:8080", stage.system.url)
    here = here.replace("var/run/keys.json", str(stage.system.folder / "keys.json"))
    done = subprocess.run(["bash", "-c", here], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == shown[1], done.stderr
