"""Rules of the house that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("services", "deploy", "bench") for path in (ROOT / folder).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
ROOMS = {"__init__", "__main__", "bootstrap", "settings", "consumer", "schedule", "ops", "ports"}
FOLDERS = {"api", "pages", "use_cases", "domain", "adapters"}
NOT_OUR_WORDS = re.compile(r"(^|_)(patient|helper|helpers|util|utils|manager)(_|$)|^common")
DOMAIN_WORDS = re.compile(r"\b(mentee|mentor|diabet\w*|matchmak\w*|glucose|insulin)s?\b", re.IGNORECASE)


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_has_at_most_300_lines(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 300


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_has_at_most_60_lines(path: Path) -> None:
    if "migrations" in path.parts:
        return  # the steps of one migration belong together, and a published migration is never edited
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lengths = {
        node.name: (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > 60} == {}


@pytest.mark.parametrize("path", sorted((ROOT / "services/matcher/solver").rglob("*.py")), ids=lambda path: path.stem)
def test_the_solver_imports_itself_only_relatively(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    absolute = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level]
    absolute += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert not [name for name in absolute if name.split(".")[0] in {"services", "deploy", "bench", "tests"}]


@pytest.mark.parametrize("service", ["profiles", "matcher", "notifications"])
def test_no_door_opens_a_transaction(service: str) -> None:
    folder = ROOT / "services" / service
    doors = [*folder.glob("api/**/*.py"), *folder.glob("pages/**/*.py"), folder / "consumer.py", folder / "schedule.py"]
    assert len(doors) > 6
    calls = {path: [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if _begins(node)] for path in doors}
    assert [str(path.relative_to(ROOT)) for path, found in calls.items() if found] == []


def _begins(node: ast.AST) -> bool:
    """Return whether a node reads an attribute ``begin``, which opens a transaction of a unit of work."""
    return isinstance(node, ast.Attribute) and node.attr == "begin"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_names_are_words_of_the_glossary(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = [node.name for node in ast.walk(tree) if isinstance(node, named)] + [path.stem]
    snake = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in names]
    assert not [name for name in snake if NOT_OUR_WORDS.search(name)]


@pytest.mark.parametrize("path", sorted((ROOT / "services/chassis").rglob("*.py")), ids=lambda path: path.stem)
def test_the_chassis_holds_no_word_of_our_domain(path: Path) -> None:
    assert not DOMAIN_WORDS.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("service", ["profiles", "matcher", "notifications"])
def test_every_service_has_the_same_rooms(service: str) -> None:
    folder = ROOT / "services" / service
    files = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    assert files >= ROOMS
    assert {path.name for path in folder.iterdir() if path.is_dir()} >= FOLDERS


def test_generated_documents_say_what_the_code_says() -> None:
    from deploy.docs.__main__ import documents, stale

    assert stale(documents()) == []
