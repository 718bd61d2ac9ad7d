"""Copies of the tree: what was changed there, and which files a recipe names."""

from pathlib import Path

import pytest

from tests.support.recipes import ROOT, copy_tree, unnamed

PAGE = """
### A thing

1. `services/<service>/things/<name>.py`, `labels/*.json`, `words/{en,es}.po` and [the page](docs/things.md#a-thing).
2. Its test in `tests/things/`.

### Another thing

`services/other.py`
"""


def test_a_copy_knows_what_was_changed_and_the_tree_stays_as_it_is(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path)
    before = (ROOT / "LICENSE").read_bytes()
    assert tree.changed() == set()
    tree.write("services/new.py", "")
    (tree.root / "LICENSE").write_text("another")
    (tree.root / "README.md").unlink()
    assert tree.changed() == {"services/new.py", "LICENSE", "README.md"}
    assert tree.generated() == {"LICENSE", "README.md"}
    assert (ROOT / "LICENSE").read_bytes() == before


def test_code_runs_in_the_copy_and_a_failure_shows_its_output(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path)
    shown = tree.run("-c", "import services; print(services.__file__)")
    assert Path(shown.strip()).is_relative_to(tree.root)
    with pytest.raises(AssertionError, match="the reason"):
        tree.run("-c", "raise SystemExit('the reason')")


def test_a_text_that_is_not_there_or_is_there_twice_cannot_be_replaced(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path)
    tree.write("words", "one two two")
    tree.replace("words", "one", "1")
    for text in ("three", "two"):
        with pytest.raises(AssertionError, match="times in words"):
            tree.replace("words", text, "")
    assert tree.read("words") == "1 two two"


@pytest.mark.parametrize(
    ("path", "is_named"),
    [
        ("services/matcher/things/a.py", True),
        ("services/matcher/things/deep/a.py", False),
        ("labels/fr.json", True),
        ("words/en.po", True),
        ("words/fr.po", False),
        ("docs/things.md", True),
        ("tests/things/deep/test_a.py", True),
        ("services/other.py", False),
    ],
)
def test_a_recipe_names_paths_with_wildcards_and_folders_and_only_its_own(path: str, is_named: bool) -> None:
    assert unnamed("A thing", {path}, PAGE) == (set() if is_named else {path})
