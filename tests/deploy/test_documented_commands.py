"""Every `python -m` that a document names is there, and its page says how to get a `python` that knows it."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMED = {page: re.findall(r"python -m ((?:services|deploy|bench|tests)[\w.]*\w)", page.read_text()) for page in PAGES}
WITH_COMMANDS = [page for page, modules in NAMED.items() if modules]


def is_there(module: str) -> bool:
    found = importlib.util.find_spec(module)
    return found is not None and (
        found.submodule_search_locations is None or importlib.util.find_spec(f"{module}.__main__") is not None
    )


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.name)
def test_commands_of_a_page_are_there_and_it_says_where_to_run_them(page: Path) -> None:
    assert [module for module in NAMED[page] if module != "services" and not is_there(module)] == []
    told = page.read_text(encoding="utf-8")
    assert "source .venv/bin/activate" in told or "spreadsheets.md#which-environment" in told
