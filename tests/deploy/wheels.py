"""Build the wheel of this project, and environments with the wheel and chosen libraries, without network."""

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
    """Return the files that Git tracks, as paths from the root."""
    listing = subprocess.run(["git", "ls-files", "-z", *under], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def build_wheel(folder: Path) -> Path:
    """Build the wheel from the tracked files, in a separate folder, with the installed setuptools; return its path."""
    source = folder / "source"
    for name in tracked("services", "pyproject.toml", "README.md", "LICENSE"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    pip("wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", str(folder), str(source))
    (wheel,) = folder.glob("cairn-*.whl")
    return wheel


def pip(*words: str, python: Path | None = None) -> None:
    """Run this environment's pip, for the given ``python`` of another environment if any."""
    target = ["--python", str(python)] if python else []
    quiet = ["--quiet", "--no-index", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "pip", *target, words[0], *quiet, *words[1:]], check=True, timeout=170)


def environment(folder: Path, wheel: Path) -> Path:
    """Create an environment with only the wheel, without its dependencies; return its Python."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    pip("install", "--no-deps", str(wheel), python=python)
    return python


def packages_of(python: Path) -> Path:
    """Return the folder of an environment's packages."""
    (packages,) = python.parents[1].glob("lib/python*/site-packages")
    return packages


def lend(python: Path, names: list[str]) -> None:
    """Let an environment import the named libraries of this one and their dependencies, and no others."""
    for name in needed(names):
        for top in {path.parts[0] for path in distribution(name).files or () if path.parts[0] not in ("..", ".")}:
            target = packages_of(python) / top
            if not target.exists():
                target.symlink_to(LIBRARIES / top)


def lend_all(python: Path) -> None:
    """Let an environment import every library of this one."""
    (packages_of(python) / "all.pth").write_text(str(LIBRARIES))


def needed(names: list[str]) -> set[str]:
    """Return the named libraries and their dependencies without extras, as far as they are installed."""
    libraries: set[str] = set()
    open_names = list(names)
    while open_names:
        name = open_names.pop()
        package = _installed(name)
        if name not in libraries and package is not None:
            libraries.add(name)
            open_names += [library(item) for item in package.requires or () if "extra ==" not in item]
    return libraries


def library(requirement: str) -> str:
    """Return the name in a requirement: ``numpy`` of ``numpy>=2.4,<2.5``."""
    (name,) = re.findall(r"^[\w.-]+", requirement)
    return str(name)


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:  # of another platform
        return None
