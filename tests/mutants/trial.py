"""Try one fault: a copy of the project with the fault in it, and the kernel's tests in a process of its own."""

import math
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.matcher.solver.guarded_arrays import guards, run_guarded
from tests.mutants.mutant import Mutant

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("services", "tests", "deploy", "pyproject.toml")
KERNEL_TESTS = Path("tests/matcher/solver")
# Tests of a room in the order in which they notice most in least time; a room not named here takes all of them.
TRIED = {
    "arrays": ("bad_arrays", "arrays"),
    "eligibility": ("bad_arrays", "mentee_classes", "solve"),
    "scoring": ("candidate_lists", "bad_arrays", "limits", "warm_start", "solve"),
    "assignment": (
        "growing_rows",
        "bad_arrays",
        "bad_changes",
        "left_out_pairs",
        "backend",
        "auction",
        "pauses",
        "certificate",
        "transport",
        "dynamic_assignment",
        "arrivals_and_departures",
        "bipartite_graph",
        "tie_break",
        "solve",
    ),
    "dynamic": (
        "growing_rows",
        "bad_changes",
        "left_out_pairs",
        "pauses",
        "dynamic_assignment",
        "arrivals_and_departures",
    ),
    "native": ("threads", "library", "warm_start"),
    "column_generation": (
        "pricing_bounds",
        "price_guesses",
        "limits",
        "bad_arrays",
        "bonus_band",
        "warm_start",
        "solve",
    ),
}
NOT_BUILT, MEGABYTES = 90, 4096


def copied(folder: Path) -> Path:
    """Copy what the tests need into `folder`."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
        else:
            shutil.copy2(source, folder / name)
    return folder


def files_for(path: Path, room: Path) -> list[str]:
    """Name the test files that try the room of `path`."""
    places = {one.stem: one for one in sorted((room / KERNEL_TESTS).rglob("test_*.py"))}
    named = [places.get(f"test_{name}") for name in TRIED.get(path.parent.name, ())]
    found = [one for one in named if one is not None] or list(places.values())
    return [str(one.relative_to(room)) for one in found]


def tried(room: Path, mutant: Mutant, seconds: float) -> str:
    """Return `killed`, `survived`, `timeout` (killed as well) or `not built`; the copy is as before afterwards."""
    file = room / mutant.path
    text, times = file.read_text(encoding="utf-8"), file.stat()
    file.write_text(mutant.of(text), encoding="utf-8")
    os.utime(file, (times.st_atime, times.st_mtime + 2 + mutant.start % 1000))  # compiled files know their source by it
    try:
        chosen = files_for(mutant.path, room)
        said = verdict(room, chosen, seconds, twin_of(mutant.path))
        in_c = mutant.path.suffix in (".c", ".h")
        return guarded_verdict(room, chosen, seconds) if said == "survived" and in_c and guards() else said
    finally:
        file.write_text(text, encoding="utf-8")
        os.utime(file, (times.st_atime, times.st_mtime))


def twin_of(path: Path) -> str:
    """Leave out the tests that only run the other twin (they are parametrised by `compiled`)."""
    if path.suffix in (".c", ".h") or path.stem.startswith("native"):
        return "not False"
    return "not True" if path.stem.startswith("python") else ""


def guarded_verdict(room: Path, tests: list[str], seconds: float) -> str:
    """Ask once more, with every reach outside an array an error: what it reads there is often harmless by chance."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            done = run_guarded(room, Path(folder), [*tests, "-k", "not False"], 20 * seconds)
    except subprocess.TimeoutExpired:
        return "timeout"
    return "killed" if done.returncode else "survived"


def verdict(room: Path, tests: list[str], seconds: float, chosen: str = "") -> str:
    """Run tests in a forked process, so that what every run imports is imported once; `seconds` of processor time."""
    return measured(room, [*tests, "-k", chosen], seconds)[0]


def measured(room: Path, tests: list[str], seconds: float) -> tuple[str, float]:
    """The verdict, and the processor seconds it took: a busy machine changes neither."""
    child = os.fork()
    if child == 0:
        os._exit(_run(room, tests, math.ceil(seconds)))
    ends = time.monotonic() + 30 * seconds  # for a process that sleeps
    while time.monotonic() < ends:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            names = {0: "survived", NOT_BUILT: "not built", -signal.SIGXCPU: "timeout", -signal.SIGKILL: "timeout"}
            return names.get(code, "killed"), used.ru_utime + used.ru_stime
        time.sleep(0.02)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timeout", seconds


def _run(room: Path, tests: list[str], seconds: int) -> int:
    """In the forked process: forget our own modules, take those of the copy, build its core, run its tests."""
    import pytest

    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    silent = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(silent, stream)
    for name in [name for name in sys.modules if name.split(".")[0] in ("services", "tests", "deploy")]:
        del sys.modules[name]
    os.chdir(room)
    sys.path[0] = str(room)
    try:
        from services.matcher.solver.native.build import build

        build()
    except Exception:
        return NOT_BUILT
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]))
