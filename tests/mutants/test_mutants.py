"""Tests of the tool that plants faults in the solver."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants import in_c, in_python
from tests.mutants.__main__ import every_mutant
from tests.mutants.known import KNOWN, known
from tests.mutants.mutant import Mutant
from tests.mutants.trial import ROOT, files_for, twin_of

HERE = Path("here")


def planted(mutants: list[Mutant], text: str) -> list[str]:
    return [" ".join(mutant.of(text).split()) for mutant in mutants]


def test_python_gets_one_small_fault_at_a_time() -> None:
    text = "def f(a: int) -> int:\n    if a < 2 and not a:\n        raise E()\n    a += 1\n    return -a"
    texts = planted(list(in_python.mutants_of(HERE, text)), text)
    parts = [fault.removeprefix("def f(a: int) -> int: ") for fault in texts]
    assert parts == [
        "if (a < 2 or not a): raise E() a += 1 return -a",
        "if (a <= 2) and not a: raise E() a += 1 return -a",
        "if a < (3) and not a: raise E() a += 1 return -a",
        "if a < (1) and not a: raise E() a += 1 return -a",
        "if a < 2 and (a): raise E() a += 1 return -a",
        "if a < 2 and not a: pass a += 1 return -a",
        "if a < 2 and not a: raise E() a -= 1 return -a",
        "if a < 2 and not a: raise E() pass return -a",
        "if a < 2 and not a: raise E() a += (2) return -a",
        "if a < 2 and not a: raise E() a += (0) return -a",
        "if a < 2 and not a: raise E() a += 1 return (a)",
    ]


def test_strings_types_and_exports_of_python_get_no_faults() -> None:
    text = '"""Says 1 < 2."""\n__all__ = ["a" + "b"]\n\n\ndef f(a: int | None) -> "x[1]":\n    return f"{a + 1}"\n'
    assert list(in_python.mutants_of(HERE, text)) == []


def test_two_byte_letters_do_not_shift_a_fault() -> None:
    text = 'a = "é", b < c\n'
    assert planted(list(in_python.mutants_of(HERE, text)), text) == ['a = "é", (b <= c)']


def test_c_gets_one_small_fault_at_a_time() -> None:
    text = "int f(int a) { /* 1 < 2 */\n    while (a - 1 > 0) a--;\n    b[a] = 0x10;\n    return -a;\n}\n"
    texts = planted(list(in_c.mutants_of(HERE, text)), text)
    parts = [fault.removeprefix("int f(int a) { /* 1 < 2 */ ").removesuffix(" }") for fault in texts]
    assert parts == [
        "while (a + 1 > 0) a--; b[a] = 0x10; return -a;",
        "while (a - 2 > 0) a--; b[a] = 0x10; return -a;",
        "while (a - (0) > 0) a--; b[a] = 0x10; return -a;",
        "while (a - 1 >= 0) a--; b[a] = 0x10; return -a;",
        "while (a - 1 > 1) a--; b[a] = 0x10; return -a;",
        "while (a - 1 > (-1)) a--; b[a] = 0x10; return -a;",
        "while (a - 1 > 0) a++; b[a] = 0x10; return -a;",
        "while (a - 1 > 0) a--; b[a] = 17; return -a;",
        "while (a - 1 > 0) a--; b[a] = (15); return -a;",
        "while (a - 1 > 0) a--; b[a] = 0x10; return a;",
        "while (a - 1 > 0) a--; ; return -a;",
    ]


def test_every_fault_is_one_change_in_a_file_that_still_parses() -> None:
    faults = every_mutant("/")
    assert len(faults) > 2000
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in {fault.path for fault in faults}}
    assert all(fault.of(texts[fault.path]) != texts[fault.path] for fault in faults)
    for fault in [fault for fault in faults if fault.path.suffix == ".py"][::25]:
        ast.parse(fault.of(texts[fault.path]))


def test_every_known_survivor_matches_a_fault() -> None:
    about = {known(fault, ROOT) for fault in every_mutant("/")}
    for fault in KNOWN:
        assert fault in about, (
            f"{fault.path} {fault.within} {fault.was}: no such fault any more; remove it from the list"
        )


@pytest.mark.parametrize(
    ("path", "left_out"), [("a/scan.c", "not False"), ("a/python_augment.py", "not True"), ("a/certificate.py", "")]
)
def test_only_tests_of_the_changed_twin_run(path: str, left_out: str) -> None:
    assert twin_of(Path(path)) == left_out


def test_a_folder_without_its_own_list_runs_all_tests() -> None:
    assert len(files_for(Path("services/matcher/solver/new_folder/a.py"), ROOT)) > 8
    assert files_for(Path("services/matcher/solver/arrays/checks.py"), ROOT)[0].endswith("test_bad_arrays.py")


@pytest.mark.slow
def test_a_fault_tried_in_a_copy_is_found(tmp_path: Path) -> None:
    checks = ROOT / "services/matcher/solver/arrays/checks.py"
    before = checks.read_bytes()
    command = [sys.executable, "-m", "tests.mutants", "--count", "4", "--files", "arrays/checks.py"]
    done = subprocess.run([*command, "--out", str(tmp_path / "out.json")], check=False, cwd=ROOT, capture_output=True)
    verdicts = [row["verdict"] for row in json.loads((tmp_path / "out.json").read_text())]
    assert len(verdicts) == 4
    assert verdicts.count("killed") >= 2, done.stdout
    assert done.returncode == ("survived" in verdicts)
    assert checks.read_bytes() == before
