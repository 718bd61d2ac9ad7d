"""``python -m tests.mutants``: plant a sample of faults in the kernel, try each, name the survivors."""

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
from tests.mutants.trial import ROOT, copied, files_for, measured, tried

ROOMS = ("arrays", "assignment", "column_generation", "dynamic", "eligibility", "native", "scoring")
KERNEL = Path("services/matcher/solver")
# Imported once here, so that every trial starts with them.
WARM = (hypothesis, np, pytest, scipy.optimize, scipy.sparse.csgraph)


def every_mutant(names: str) -> list[Mutant]:
    """All faults in the files whose path holds one of `names` (comma between them)."""
    found: list[Mutant] = []
    for path in sorted(path for room in ROOMS for path in (ROOT / KERNEL / room).iterdir()):
        operators = {".py": in_python, ".c": in_c, ".h": in_c}.get(path.suffix)
        if operators and any(name in str(path) for name in names.split(",")):
            found += operators.mutants_of(path.relative_to(ROOT), path.read_text(encoding="utf-8"))
    return found


def main(arguments: list[str]) -> int:
    """Try the sample, tell as it goes; 1 when somebody survives of whom nothing is known."""
    asked = _options(arguments)
    mutants = every_mutant(asked.files)
    sample = sorted(Random(asked.seed).sample(mutants, min(asked.count, len(mutants))), key=lambda m: (m.path, m.start))
    print(f"{len(sample)} of {len(mutants)} faults", flush=True)
    outcomes: list[tuple[Mutant, str]] = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        room = copied(Path(folder))
        patience = _healthy(room, sample)
        sys.dont_write_bytecode = True
        for mutant in sample:
            said = tried(room, mutant, patience[tuple(files_for(mutant.path, room))])
            if said == "survived" and (one := known(mutant, ROOT)):
                said = one.kind
            outcomes.append((mutant, said))
            if said not in ("killed", "timeout", "not built"):
                print(f"{said:9} {mutant.told((ROOT / mutant.path).read_text(encoding='utf-8'))}", flush=True)
    _tell(outcomes)
    if asked.out:
        asked.out.write_text(json.dumps([_row(mutant, said) for mutant, said in outcomes], indent=1))
    return 1 if any(said == "survived" for _, said in outcomes) else 0


def _healthy(room: Path, sample: list[Mutant]) -> dict[tuple[str, ...], float]:
    """Run every choice of tests without a fault; return the processor seconds each may take with one."""
    patience = {}
    for tests in {tuple(files_for(mutant.path, room)) for mutant in sample}:
        said, seconds = measured(room, list(tests), 600)
        if said != "survived":
            raise SystemExit(f"the tests do not pass without a fault: {' '.join(tests)}")
        patience[tests] = 5 + 1.5 * seconds
    return patience


def _tell(outcomes: list[tuple[Mutant, str]]) -> None:
    kinds = ("killed", "timeout", "survived", "pace", "same", "not built")
    print(f"\n{'file':44}" + "".join(f"{kind:>10}" for kind in kinds))
    for path in dict.fromkeys(mutant.path for mutant, _ in outcomes):
        counted = Counter(said for mutant, said in outcomes if mutant.path == path)
        print(f"{path.relative_to(KERNEL)!s:44}" + "".join(f"{counted[kind]:>10}" for kind in kinds))
    counted = Counter(said for _, said in outcomes)
    print(f"{'all':44}" + "".join(f"{counted[kind]:>10}" for kind in kinds))
    noticed = counted["killed"] + counted["timeout"]
    if noticed + counted["survived"]:
        print(f"noticed: {100 * noticed / (noticed + counted['survived']):.1f} % of those that change an answer")


def _row(mutant: Mutant, said: str) -> dict[str, object]:
    told = mutant.told((ROOT / mutant.path).read_text(encoding="utf-8"))
    return {"file": str(mutant.path), "line": mutant.line, "fault": told, "verdict": said}


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="how many faults to try")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--files", default="/", help="only files whose path holds one of these (comma between)")
    parser.add_argument("--out", type=Path, help="write every verdict as JSON")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
