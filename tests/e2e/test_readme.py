"""The first example of the README prints what the README shows, each time it is run."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.local.server import free_port
from tests.e2e.people import Stage
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.system

README = Path(__file__).parents[2] / "README.md"


def read_example() -> tuple[str, str]:
    """Return the commands of the README and their output as it shows it."""
    page = README.read_text(encoding="utf-8")
    commands = re.search(r"```sh\n(URL=.*?)```", page, re.DOTALL)
    output = re.search(r"It prints:\n\n```text\n(.*?)```", page, re.DOTALL)
    assert commands
    assert output
    return commands[1], output[1]


def run_commands(commands: str, url: str, keys: Path) -> subprocess.CompletedProcess[str]:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed here")
    script = commands.replace("http://localhost:8080", url).replace("var/run/api-key", str(keys))
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.mark.parametrize("stage", ["embedded"], indirect=True)  # what ``make run`` starts
def test_the_first_example_prints_what_the_readme_shows_each_time(stage: Stage) -> None:
    commands, output = read_example()
    for _ in range(2):
        done = run_commands(commands, stage.system.url, stage.system.api_key_file)
        assert done.stdout == output, done.stderr


def test_without_a_running_system_the_example_prints_one_line_and_ends(tmp_path: Path) -> None:
    (tmp_path / "api-key").write_text("cairn_none.none")
    commands = read_example()[0].replace("seq 50", "seq 2")
    done = run_commands(commands, f"http://localhost:{free_port()}", tmp_path / "api-key")
    assert done.stdout.startswith("Cairn does not answer at http://localhost:")
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) < 30
