"""The compiled core with every reach outside an array, and every undefined step, made an error (gcc's sanitizers)."""

import os
import subprocess
import sys
from pathlib import Path

from services.matcher.solver.native.build import compiler

GUARDS = ("libasan.so", "libubsan.so")
FLAGS = (
    "-std=c99",
    "-O1",
    "-g",
    "-fPIC",
    "-shared",
    "-pthread",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover",
)
RUN = """
import sys
from pathlib import Path
import pytest
from services.matcher.solver.native import loading
loading.BUILD = Path(sys.argv[1])
assert loading.available()
sys.exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--capture=sys", *sys.argv[2:]]))
"""


def guards() -> list[str]:
    """The sanitizers' own libraries; empty where this machine has no compiler that brings them."""
    command = compiler()
    if command is None:
        return []
    asked = [
        subprocess.run([*command, f"-print-file-name={one}"], capture_output=True, text=True, check=False)
        for one in GUARDS
    ]
    found = [one.stdout.strip() for one in asked]
    return found if all(Path(one).is_file() for one in found) else []


def run_guarded(root: Path, folder: Path, tests: list[str], seconds: float) -> subprocess.CompletedProcess[str]:
    """Build the core of the project at `root` into `folder` and run tests on it.

    Raises CalledProcessError where it does not build.
    """
    name = "from services.matcher.solver.native.library import file_name; print(file_name())"
    told = subprocess.run([sys.executable, "-c", name], cwd=root, capture_output=True, text=True, check=True)
    sources = sorted(map(str, (root / "services" / "matcher" / "domain").glob("*/*.c")))
    made = folder / told.stdout.strip()
    subprocess.run([*(compiler() or []), *FLAGS, "-o", str(made), *sources], check=True, capture_output=True)
    settings = {
        **os.environ,
        "LD_PRELOAD": " ".join(guards()),
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
    }
    command = [sys.executable, "-c", RUN, str(folder), *tests]
    return subprocess.run(command, cwd=root, env=settings, capture_output=True, text=True, timeout=seconds, check=False)
