"""Measure the branches of the C core that the solver's tests take: ``python -m tests.support.c_coverage``.

Builds the core with gcc's coverage counters, runs the solver's tests on it, and reads the counters with ``gcov``. Ends
with 1 when fewer branches are taken than ``FLOOR``, or when a test fails.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from services.matcher.solver.native.build import compiler
from services.matcher.solver.native.library import file_name, sources
from tests.matcher.solver.guarded_arrays import RUN

ROOT = Path(__file__).resolve().parents[2]
TESTS = ["tests/matcher/solver", "-k", "not False and not sanitizers"]
FLAGS = ("-std=c99", "-O0", "-fPIC", "-pthread", "--coverage")
FLOOR = 0.50  # code of headers that are compiled in several variants counts once per variant
_TAKEN = re.compile(r"^Taken at least once:([\d.]+)% of (\d+)$", flags=re.MULTILINE)
_FILE = re.compile(r"^File '[^']*/([\w]+\.[ch])'\n(.*?)(?=\n\n|\Z)", flags=re.MULTILINE | re.DOTALL)


def build_counted(folder: Path) -> None:
    """Build the core with counters in ``folder``. Raises ``CalledProcessError`` when the compiler fails."""
    command, objects = compiler() or [], []
    for source in sources():
        objects.append(str(folder / f"{source.stem}.o"))
        subprocess.run([*command, *FLAGS, "-c", str(source), "-o", objects[-1]], check=True)
    subprocess.run([*command, *FLAGS, "-shared", "-o", str(folder / file_name()), *objects], check=True)


def taken_branches(folder: Path) -> dict[str, tuple[float, int]]:
    """Return by file how many branches were taken, and how many there are."""
    counters = sorted(str(path) for path in folder.glob("*.gcda"))
    printed = subprocess.run(
        ["gcov", "-b", "-c", *counters], cwd=folder, capture_output=True, text=True, check=True
    ).stdout
    branches: dict[str, tuple[float, int]] = {}
    for name, text in _FILE.findall(printed):
        for share, count in _TAKEN.findall(text):
            taken, known = branches.get(name, (0.0, 0))
            branches[name] = taken + float(share) / 100 * int(count), known + int(count)
    return branches


def main() -> int:
    """Print the share of branches per file and in all; return the exit code."""
    if compiler() is None or shutil.which("gcov") is None:
        sys.stderr.write("Coverage of the C core needs a C compiler with gcov (on Debian: the package gcc).\n")
        return 1
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        build_counted(folder)
        done = subprocess.run([sys.executable, "-c", RUN, place, *TESTS], cwd=ROOT, env=os.environ, check=False)
        if done.returncode:
            return done.returncode
        branches = taken_branches(folder)
    for name, (taken, count) in sorted(branches.items()):
        sys.stdout.write(f"{name:28} {taken / count:6.1%} of {count} branches\n")
    total = sum(taken for taken, _ in branches.values()) / sum(count for _, count in branches.values())
    sys.stdout.write(f"{'all':28} {total:6.1%}, at least {FLOOR:.0%}\n")
    return int(total < FLOOR)


if __name__ == "__main__":
    raise SystemExit(main())
