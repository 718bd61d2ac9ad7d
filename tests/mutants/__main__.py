"""``python -m tests.mutants``: plant a sample of faults in the solver, try each, print the survivors."""

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import hypothesis
import numpy as np
import pytest
import scipy.optimize
import scipy.sparse.csgraph

from tests.mutants import in_c, in_python
from tests.mutants.known import known
from tests.mutants.mutant import Mutant
from tests.mutants.trial import ROOT, copy_project, files_for, measure, try_mutant

FOLDERS = ("arrays", "assignment", "column_generation", "dynamic", "eligibility", "native", "scoring")
SOLVER = Path("services/matcher/solver")
# Imported once here, so that every trial starts with them.
WARM = (hypothesis, np, pytest, scipy.optimize, scipy.sparse.csgraph)


def every_mutant(names: str) -> list[Mutant]:
    """Return all faults in the files whose path contains one of ``names`` (separated by commas)."""
    mutants: list[Mutant] = []
    for path in sorted(path for folder in FOLDERS for path in (ROOT / SOLVER / folder).iterdir()):
        operators = {".py": in_python, ".c": in_c, ".h": in_c}.get(path.suffix)
        if operators and any(name in str(path) for name in names.split(",")):
            mutants += operators.mutants_of(path.relative_to(ROOT), path.read_text(encoding="utf-8"))
    return mutants


def main(arguments: list[str]) -> int:
    """Try the sample and print results on the way; return 1 when a fault survives that is not known."""
    options = _options(arguments)
    mutants = every_mutant(options.files)
    sample = sorted(
        Random(options.seed).sample(mutants, min(options.count, len(mutants))), key=lambda m: (m.path, m.start)
    )
    print(f"{len(sample)} of {len(mutants)} faults", flush=True)
    verdicts: list[tuple[Mutant, str]] = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = copy_project(Path(folder))
        limits = _healthy(copy, sample)
        sys.dont_write_bytecode = True
        for mutant in sample:
            verdict = try_mutant(copy, mutant, limits[tuple(files_for(mutant.path, copy))])
            if verdict == "survived" and (entry := known(mutant, ROOT)):
                verdict = entry.kind
            verdicts.append((mutant, verdict))
            if verdict not in ("killed", "timeout", "not built"):
                print(f"{verdict:9} {mutant.describe((ROOT / mutant.path).read_text(encoding='utf-8'))}", flush=True)
    _print_table(verdicts)
    if options.out:
        options.out.write_text(json.dumps([_row(mutant, verdict) for mutant, verdict in verdicts], indent=1))
    return 1 if any(verdict == "survived" for _, verdict in verdicts) else 0


def _healthy(copy: Path, sample: list[Mutant]) -> dict[tuple[str, ...], float]:
    """Run each set of tests without a fault; return the processor seconds each may take with one."""
    limits = {}
    for tests in {tuple(files_for(mutant.path, copy)) for mutant in sample}:
        verdict, seconds = measure(copy, list(tests), 600)
        if verdict != "survived":
            raise SystemExit(f"the tests do not pass without a fault: {' '.join(tests)}")
        limits[tests] = 5 + 1.5 * seconds
    return limits


def _print_table(verdicts: list[tuple[Mutant, str]]) -> None:
    kinds = ("killed", "timeout", "survived", "pace", "same", "not built")
    print(f"\n{'file':44}" + "".join(f"{kind:>10}" for kind in kinds))
    for path in dict.fromkeys(mutant.path for mutant, _ in verdicts):
        counted = Counter(verdict for mutant, verdict in verdicts if mutant.path == path)
        print(f"{path.relative_to(SOLVER)!s:44}" + "".join(f"{counted[kind]:>10}" for kind in kinds))
    counted = Counter(verdict for _, verdict in verdicts)
    print(f"{'all':44}" + "".join(f"{counted[kind]:>10}" for kind in kinds))
    killed = counted["killed"] + counted["timeout"]
    if killed + counted["survived"]:
        print(f"noticed: {100 * killed / (killed + counted['survived']):.1f} % of those that change an answer")


def _row(mutant: Mutant, verdict: str) -> dict[str, object]:
    description = mutant.describe((ROOT / mutant.path).read_text(encoding="utf-8"))
    return {"file": str(mutant.path), "line": mutant.line, "fault": description, "verdict": verdict}


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="how many faults to try")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--files", default="/", help="only files whose path holds one of these (comma between)")
    parser.add_argument("--out", type=Path, help="write every verdict as JSON")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
