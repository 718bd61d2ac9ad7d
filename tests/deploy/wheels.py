"""Builds the wheel of this project, and environments with the wheel and chosen libraries in them; no network."""

import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIBRARIES = Path(sysconfig.get_path("purelib"))


def tracked(*under: str) -> list[str]:
    """The files that Git tracks, as paths from the root."""
    told = subprocess.run(["git", "ls-files", "-z", *under], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in told.stdout.split("\0") if name and (ROOT / name).is_file()]


def build_wheel(folder: Path) -> Path:
    """Build from what Git tracks, in a folder of its own, with the setuptools that is installed here."""
    source = folder / "source"
    for name in tracked("services", "pyproject.toml", "README.md", "LICENSE"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    pip("wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", str(folder), str(source))
    (made,) = folder.glob("cairn-*.whl")
    return made


def pip(*words: str, python: Path | None = None) -> None:
    """Run this environment's pip, for another environment's Python when one is named."""
    whose = ["--python", str(python)] if python else []
    quiet = ["--quiet", "--no-index", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "pip", *whose, words[0], *quiet, *words[1:]], check=True, timeout=170)


def environment(folder: Path, wheel: Path) -> Path:
    """Make an empty environment with the wheel in it, without what it depends on; return its Python."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    pip("install", "--no-deps", str(wheel), python=python)
    return python


def packages_of(python: Path) -> Path:
    """The folder of an environment's packages."""
    (found,) = python.parents[1].glob("lib/python*/site-packages")
    return found


def lend(python: Path, names: list[str]) -> None:
    """Let an environment import the named libraries of this one, and what they depend on, and nothing else."""
    for name in needed(names):
        for top in {path.parts[0] for path in distribution(name).files or () if path.parts[0] not in ("..", ".")}:
            target = packages_of(python) / top
            if not target.exists():
                target.symlink_to(LIBRARIES / top)


def lend_all(python: Path) -> None:
    """Let an environment import every library of this one."""
    (packages_of(python) / "all.pth").write_text(str(LIBRARIES))


def needed(names: list[str]) -> set[str]:
    """The named libraries and those they always depend on, as far as this machine needs them."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        one = _installed(name)
        if name not in found and one is not None:
            found.add(name)
            left += [library(asked) for asked in one.requires or () if "extra ==" not in asked]
    return found


def library(requirement: str) -> str:
    """The name in a requirement: ``numpy`` of ``numpy>=2.4,<2.5``."""
    (name,) = re.findall(r"^[\w.-]+", requirement)
    return str(name)


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:  # of another platform
        return None
