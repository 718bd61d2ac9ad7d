"""Every fenced shell, Python and JSON block of a document can be read as such, and its commands and paths exist."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
FOLDERS = "services|deploy|bench|tests|docs"
PATH = re.compile(rf"(?<![\w/.$}}-])((?:{FOLDERS})/[\w./-]*\w)")

WRITTEN = {"deploy/secrets"}  # what the commands of a block write


class Block(NamedTuple):
    """A fenced block of a page: its language and text."""

    page: Path
    language: str
    text: str


BLOCKS = [Block(page, *found) for page in PAGES for found in FENCED.findall(page.read_text(encoding="utf-8"))]


def blocks(language: str) -> list[object]:
    chosen = [block for block in BLOCKS if block.language == language]
    return [pytest.param(block, id=f"{block.page.name}-{number}") for number, block in enumerate(chosen)]


def faults_in_shell(text: str) -> list[str]:
    """Return the faults of a shell block: its syntax, and ``make`` targets and paths that do not exist."""
    text = re.sub(r"<[a-z -]+>", "PLACEHOLDER", text)
    commands = re.sub(r"(^|\s)#.*", "", text)
    read = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    made = set(re.findall(r"^make ([a-z-]+)", commands, re.MULTILINE))
    missing = [path for path in PATH.findall(commands) if not (ROOT / path).exists() and path not in WRITTEN]
    return [*read.stderr.splitlines(), *(f"make {target}" for target in sorted(made - TARGETS)), *missing]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed here")
@pytest.mark.parametrize("block", blocks("sh"))
def test_a_shell_block_parses_and_its_targets_and_paths_exist(block: Block) -> None:
    assert faults_in_shell(block.text) == []


@pytest.mark.parametrize("block", blocks("python"))
def test_a_python_block_compiles(block: Block) -> None:
    compile(block.text, str(block.page), "exec")


@pytest.mark.parametrize("block", blocks("json"))
def test_a_json_block_parses(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.page.name}-{block.language}")
def test_a_block_has_a_language_that_a_test_knows(block: Block) -> None:
    assert block.language in {"", "text", "sh", "python", "json", "mermaid", "sql"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("if true; then\n", "syntax error"),
        ("make nothing  # make run\n", "make nothing"),
        ("cat docs/gone.md\n", "docs/gone.md"),
    ],
)
def test_a_broken_shell_block_is_found(text: str, fault: str) -> None:
    assert any(fault in line for line in faults_in_shell(text))
