"""Every ``python -m`` module in a document exists, and its page says which environment to activate."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMED = {page: re.findall(r"python -m ((?:services|deploy|bench|tests)[\w.]*\w)", page.read_text()) for page in PAGES}
WITH_COMMANDS = [page for page, modules in NAMED.items() if modules]


def can_be_run(module: str) -> bool:
    spec = importlib.util.find_spec(module)
    return spec is not None and (
        spec.submodule_search_locations is None or importlib.util.find_spec(f"{module}.__main__") is not None
    )


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.name)
def test_commands_of_a_page_exist_and_the_page_names_the_environment(page: Path) -> None:
    assert [module for module in NAMED[page] if module != "services" and not can_be_run(module)] == []
    text = page.read_text(encoding="utf-8")
    assert "source .venv/bin/activate" in text or "spreadsheets.md#which-environment" in text
