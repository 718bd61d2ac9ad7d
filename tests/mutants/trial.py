"""Try one fault: run the solver's tests in a separate process, in a copy of the project with the fault."""

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
COPIED = ("services", "tests", "deploy", "bench", "pyproject.toml")
SOLVER_TESTS = (Path("tests/matcher/solver"), Path("tests/bench/single_changes"))
# Tests of a folder, those that find most in least time first; other folders run all tests.
TESTS = {
    "arrays": ("bad_arrays", "arrays"),
    "eligibility": ("bad_arrays", "mentee_classes", "solve"),
    "scoring": ("candidate_lists", "bad_arrays", "limits", "warm_start", "solve"),
    "assignment": (
        "bad_arrays",
        "bad_changes",
        "left_out_pairs",
        "backend",
        "auction",
        "pauses",
        "certificate",
        "transport",
        "dynamic_assignment",
        "listed_assignment",
        "arrivals_and_departures",
        "bipartite_graph",
        "tie_break",
        "solve",
    ),
    "dynamic": ("dynamic_assignment",),
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


def copy_project(folder: Path) -> Path:
    """Copy the files that the tests need into ``folder``; return it."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
        else:
            shutil.copy2(source, folder / name)
    return folder


def files_for(path: Path, copy: Path) -> list[str]:
    """Return the test files for the folder of ``path``."""
    files = {file.stem: file for folder in SOLVER_TESTS for file in sorted((copy / folder).rglob("test_*.py"))}
    named = [files.get(f"test_{name}") for name in TESTS.get(path.parent.name, ())]
    chosen = [file for file in named if file is not None] or list(files.values())
    return [str(file.relative_to(copy)) for file in chosen]


def try_mutant(copy: Path, mutant: Mutant, seconds: float) -> str:
    """Return ``killed``, ``survived``, ``timeout`` (killed too) or ``not built``; restores the copy."""
    file = copy / mutant.path
    text, times = file.read_text(encoding="utf-8"), file.stat()
    file.write_text(mutant.of(text), encoding="utf-8")
    os.utime(file, (times.st_atime, times.st_mtime + 2 + mutant.start % 1000))  # bytecode caches compare it
    try:
        chosen = files_for(mutant.path, copy)
        result = verdict(copy, chosen, seconds, twin_of(mutant.path))
        in_c = mutant.path.suffix in (".c", ".h")
        return guarded_verdict(copy, chosen, seconds) if result == "survived" and in_c and guards() else result
    finally:
        file.write_text(text, encoding="utf-8")
        os.utime(file, (times.st_atime, times.st_mtime))


def twin_of(path: Path) -> str:
    """Return the pytest expression that leaves out the tests of the other twin (parametrised by ``compiled``)."""
    if path.suffix in (".c", ".h") or path.stem.startswith("native"):
        return "not False"
    return "not True" if path.stem.startswith("python") else ""


def guarded_verdict(copy: Path, tests: list[str], seconds: float) -> str:
    """Run the tests with sanitizers: reads outside an array are often harmless by chance."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            done = run_guarded(copy, Path(folder), [*tests, "-k", "not False"], 20 * seconds)
    except subprocess.TimeoutExpired:
        return "timeout"
    return "killed" if done.returncode else "survived"


def verdict(copy: Path, tests: list[str], seconds: float, chosen: str = "") -> str:
    """Run tests in a forked process, which shares imports, within ``seconds`` of processor time; return the verdict."""
    return measure(copy, [*tests, "-k", chosen], seconds)[0]


def measure(copy: Path, tests: list[str], seconds: float) -> tuple[str, float]:
    """Return the verdict and the processor seconds used, which do not depend on other load."""
    child = os.fork()
    if child == 0:
        os._exit(_run(copy, tests, math.ceil(seconds)))
    ends = time.monotonic() + 30 * seconds  # wall time, for a process that sleeps
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


def _run(copy: Path, tests: list[str], seconds: int) -> int:
    """In the forked process: drop our modules, build the core of the copy, run its tests."""
    import pytest

    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    silent = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(silent, stream)
    for name in [name for name in sys.modules if name.split(".")[0] in ("services", "tests", "deploy")]:
        del sys.modules[name]
    os.chdir(copy)
    sys.path[0] = str(copy)
    try:
        from services.matcher.solver.native.build import build

        build()
    except Exception:
        return NOT_BUILT
    # pytest warns about plug-ins that the parent has imported; only a failing test may decide here
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "default", *tests]))
