"""The words of documents, docstrings and comments: plain terms, one backtick style, no known misspelling."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = [
    *("services/chassis", "services/events", "services/matcher", "services/notifications", "services/profiles"),
    *("deploy", "bench", "tests"),
]
PAGES = [
    page
    for page in [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    # a history and a decision quote the words they replaced; the code of conduct speaks to people
    if page.name not in {"CHANGELOG.md", "CODE_OF_CONDUCT.md", "0033-rooms-and-plain-names.md"}
]

AVOIDED = re.compile(
    r"\b(whoever|whomever|somebody|everybody|anybody"  # pronouns instead of nouns
    r"|until (mon|tues|wednes|thurs|fri|satur|sun)day"  # a deadline is "by Friday"
    r"|tells?|told|hears?|heard"  # code returns, publishes and consumes
    r"|helpers?|utils?|utili[sz]e[sd]?|leverages?)\b",
    re.IGNORECASE,
)
MISSPELT = re.compile(
    r"\b(teh|recieve[sd]?|seperate(ly|d)?|occured|occurence|existant|lenght|heigth|wich|adress(es)?|accomodate"
    r"|begining|beleive|calender|comitted|concious|definately|dependan(t|cy)|enviroment|guarentee[sd]?|independant"
    r"|inital(ly)?|neccessary|necesary|noticable|paralell?|persistant|priviledge|publically|refered|relevent|succesful(ly)?"
    r"|supress|threshhold|transfered|untill|writen|wether|truely|sucess|propogate|retreive|consistant|overriden)\b",
    re.IGNORECASE,
)
SINGLE = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
CODE = re.compile(r"``.*?``|\"[^\"\n]*\"", re.DOTALL)
BLOCK = re.compile(r"^```.*?^```|`[^`\n]+`|\"[^\"\n]*\"|\]\([^)]*\)", re.MULTILINE | re.DOTALL)


def prose_of(source: str) -> Iterator[str]:
    """Yield the docstrings and comments of a Python file."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, documented):
            yield ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def faults_in(source: str) -> list[str]:
    """Return the avoided words, misspellings and single backticks in the docstrings and comments of a Python file."""
    texts = list(prose_of(source))
    plain = [CODE.sub("", text) for text in texts]
    words = [match[0] for pattern in (AVOIDED, MISSPELT) for text in plain for match in pattern.finditer(text)]
    return words + [match[0] for text in texts for match in SINGLE.finditer(text)]


def faults_by_file(folder: str) -> dict[str, list[str]]:
    found = {path: faults_in(path.read_text(encoding="utf-8")) for path in sorted((ROOT / folder).rglob("*.py"))}
    return {str(path.relative_to(ROOT)): faults for path, faults in found.items() if faults}


@pytest.mark.parametrize("folder", FOLDERS)
def test_docstrings_and_comments_of_a_folder_use_plain_terms(folder: str) -> None:
    assert faults_by_file(folder) == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_document_has_no_avoided_word_and_no_known_misspelling(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    assert [match[0] for pattern in (AVOIDED, MISSPELT) for match in pattern.finditer(text)] == []


@pytest.mark.parametrize(
    "source", ['"""Tell somebody."""', "x = 1  # whoever recieves it", '"""Return `x`."""', "# due until Friday"]
)
def test_a_fault_is_found(source: str) -> None:
    assert faults_in(source)


def test_code_and_quoted_words_are_not_prose() -> None:
    assert faults_in('"""Return ``told`` as "somebody" reads it."""\nsomebody = "told"') == []
