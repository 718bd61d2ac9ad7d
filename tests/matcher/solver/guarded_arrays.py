"""Run tests on a core built with gcc's sanitizers: invalid accesses and undefined behaviour are errors."""

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
from services.matcher.solver.native import library
library.BUILD = Path(sys.argv[1])
assert library.available()
sys.exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--capture=sys", *sys.argv[2:]]))
"""


def guards() -> list[str]:
    """Return the sanitizers' libraries; empty if there is no compiler that has them."""
    command = compiler()
    if command is None:
        return []
    printed = [
        subprocess.run([*command, f"-print-file-name={library}"], capture_output=True, text=True, check=False)
        for library in GUARDS
    ]
    paths = [result.stdout.strip() for result in printed]
    return paths if all(Path(path).is_file() for path in paths) else []


def run_guarded(root: Path, folder: Path, tests: list[str], seconds: float) -> subprocess.CompletedProcess[str]:
    """Build the core of the project at ``root`` into ``folder`` and run tests on it.

    Raises ``CalledProcessError`` when the build fails.
    """
    name = "from services.matcher.solver.native.library import file_name; print(file_name())"
    name_printed = subprocess.run([sys.executable, "-c", name], cwd=root, capture_output=True, text=True, check=True)
    sources = sorted(map(str, (root / "services" / "matcher" / "solver").glob("*/*.c")))
    built = folder / name_printed.stdout.strip()
    subprocess.run([*(compiler() or []), *FLAGS, "-o", str(built), *sources], check=True, capture_output=True)
    settings = {
        **os.environ,
        "LD_PRELOAD": " ".join(guards()),
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
    }
    command = [sys.executable, "-c", RUN, str(folder), *tests]
    return subprocess.run(command, cwd=root, env=settings, capture_output=True, text=True, timeout=seconds, check=False)
