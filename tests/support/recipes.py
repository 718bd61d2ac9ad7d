"""Perform a recipe of CONTRIBUTING on a copy of the tree, and run its checks there.

A test writes and replaces files as the recipe says, then runs documents and tests in the copy. ``changed`` compares the
copy with the tree, so that a file that the recipe does not name cannot change unnoticed.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NATIVE = ROOT / "build" / "kernel"
_NAMED = re.compile(r"`([^`\s]+)`|\]\(([^)#\s]+)")


@dataclass
class Tree:
    """A copy of every file of the project; ``written`` holds the files changed by hand, by path."""

    root: Path
    written: set[str] = field(default_factory=set)

    def read(self, path: str) -> str:
        """Return the text of a file."""
        return (self.root / path).read_text(encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        """Create or overwrite a file by hand."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        self.written.add(path)

    def replace(self, path: str, old: str, new: str) -> None:
        """Replace a text that is in the file exactly once."""
        text = self.read(path)
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path}"
        self.write(path, text.replace(old, new))

    def insert_before(self, path: str, line: str, new: str) -> None:
        """Insert text before a text that is in the file exactly once."""
        self.replace(path, line, new + line)

    def run(self, *arguments: str, seconds: float = 150) -> str:
        """Run Python in the copy, ``python -m module ...`` without the ``python``; fail with its output."""
        done = self.try_run(*arguments, seconds=seconds)
        assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def try_run(self, *arguments: str, seconds: float = 150) -> subprocess.CompletedProcess[str]:
        """Run Python in the copy and return the finished process, whatever its exit code."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=environment | {"PYTHONPATH": str(self.root)},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def make_docs(self) -> None:
        """Write the generated documents, as ``make docs`` does."""
        self.run("-m", "deploy.docs")

    def test(self, *tests: str) -> str:
        """Run test files or folders in the copy, in one process; fail when one of them fails."""
        return self.run("-m", "pytest", "-n0", "-p", "no:cacheprovider", *tests)

    def changed(self) -> set[str]:
        """Return the paths of all files that are new, different or gone, generated ones included."""
        before, now = files_of(ROOT), _walk(self.root)
        different = {path for path in before & now if (ROOT / path).read_bytes() != (self.root / path).read_bytes()}
        return different | (before ^ now)

    def generated(self) -> set[str]:
        """Return the paths of the changed files that no one wrote by hand."""
        return self.changed() - self.written


def copy_tree(folder: Path) -> Tree:
    """Return a copy of the project in ``folder``, with the compiled solver where it is built."""
    root = folder / "copy"
    for path in files_of(ROOT):
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target)
    if _NATIVE.is_dir():
        shutil.copytree(_NATIVE, root / "build" / "kernel")
    return Tree(root)


def files_of(root: Path) -> set[str]:
    """Return the paths of all files of a Git working tree, those not yet committed too, without ignored ones."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listing = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return {path for path in listing.split("\0") if path and (root / path).is_file()}


def _walk(root: Path) -> set[str]:
    ignored = {"build", "var", "__pycache__"}
    ignored |= {".hypothesis", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".schemathesis"}
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if not ignored & set(path.parts)}


def unnamed(title: str, paths: set[str], page: str | None = None) -> set[str]:
    """Return those of ``paths`` that the recipe ``title`` of CONTRIBUTING does not name.

    A recipe names a path in backticks or as a link, with ``<name>`` or ``*`` for any part of a name and ``{a,b}`` for
    one of several; a folder ends in ``/`` and names all below it.
    """
    text = page if page is not None else (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = re.search(rf"^### {re.escape(title)}\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    assert section is not None, f"CONTRIBUTING has no recipe {title!r}"
    patterns = [_pattern(code or link) for code, link in _NAMED.findall(section[1])]
    return {path for path in paths if not any(pattern.fullmatch(path) for pattern in patterns)}


def _pattern(name: str) -> re.Pattern[str]:
    """Return the regular expression of a path as a recipe names it."""
    parts = re.split(r"(<[^>]*>|\*|\{[^}]*\})", name)
    pattern = "".join(_part(part) for part in parts)
    return re.compile(pattern + (".*" if name.endswith("/") else ""))


def _part(part: str) -> str:
    if part.startswith("{"):
        return f"(?:{'|'.join(map(re.escape, part[1:-1].split(',')))})"
    return "[^/]*" if part == "*" or part.startswith("<") else re.escape(part)
