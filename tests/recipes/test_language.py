"""The recipe for a language, on a copy of the tree: its files are enough, and what is forgotten is found.

The language tried is Hebrew, written from right to left, with the words of Arabic: only the recipe is tested here.
"""

import json
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from tests.support.recipes import ROOT, Tree, copy_tree, unnamed

pytestmark = pytest.mark.slow

CODE, TEACHER = "he", "ar"
VOCABULARY = "services/events/vocabulary"
CRITERIA = "services/matcher/domain/weights/criteria"
READING = "tests/support/reading.py"
FOLDERS = [str(path.parent.relative_to(ROOT)) for path in sorted(ROOT.glob(f"services/**/words/{TEACHER}.po"))]
ROOMS = ("chassis", "events", "profiles", "matcher", "notifications")
EVERY_LABEL = "test_every_code_has_a_label_and_every_label_a_code"
EVERY_CRITERION = "test_every_criterion_and_every_code_of_its_own_has_words_in_every_language"
EVERY_RULE = "test_labels_are_kind_and_not_empty"
TESTS = ("tests/events/test_vocabulary.py", "tests/matcher/domain/weights", "tests/architecture/test_translations.py")
SHOWN = f"""
from services.chassis.i18n.translations import CHASSIS_WORDS, Words
from services.events.validation import VALIDATION_WORDS
from services.matcher.bootstrap import WORDS as MATCHER
from services.notifications.bootstrap import WORDS as NOTIFICATIONS
from services.profiles.bootstrap import WORDS as PROFILES
from services.profiles.domain.languages import locale_for
from services.events.facts import Spoken
words = Words(PROFILES, MATCHER, NOTIFICATIONS, VALIDATION_WORDS, CHASSIS_WORDS)
print(words.of("{CODE}-IL").direction, "{CODE}" in words.names, locale_for([Spoken(tag="{CODE}-IL", level="native")]))
"""


def add_language(tree: Tree) -> None:
    """Write and change the files that the recipe names."""
    codes = f"{VOCABULARY}/codes.json"
    tree.replace(codes, '"locale": ["en"', f'"locale": ["{CODE}", "en"')
    for path in sorted((ROOT / VOCABULARY).glob("labels.*.json")):
        tree.replace(f"{VOCABULARY}/{path.name}", '"locale": {', f'"locale": {{"{CODE}": "{CODE}", ')
    tree.write(f"{VOCABULARY}/labels.{CODE}.json", tree.read(f"{VOCABULARY}/labels.{TEACHER}.json"))
    for path in sorted((ROOT / CRITERIA).glob("*.json")):
        add_labels(tree, f"{CRITERIA}/{path.name}")
    for folder in FOLDERS:
        add_catalogue(tree, folder)
    tree.write(READING, tree.read(READING).replace("_NAMES = ", f'RULES["{CODE}"] = RULES["{TEACHER}"]\n_NAMES = ', 1))


def add_labels(tree: Tree, path: str) -> None:
    """Give a criterion, and the codes of its own, their labels."""
    data = json.loads(tree.read(path))
    for labels in (data["label"], *data.get("codes", {}).values()):
        labels[CODE] = labels[TEACHER]
    tree.write(path, json.dumps(data, ensure_ascii=False))


def add_catalogue(tree: Tree, folder: str) -> None:
    """Write the sentences of a folder, in as many plural forms as the new language has."""
    with (tree.root / folder / f"{TEACHER}.po").open("rb") as lines:
        taught = read_po(lines, locale=TEACHER)
    written = Catalog(locale=CODE, charset="utf-8")
    written.mime_headers = [("Plural-Forms", "nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);")]
    for message in taught:
        if message.id:
            assert message.string is not None
            forms = message.string if isinstance(message.string, str) else message.string[-written.num_plurals :]
            written.add(message.id, forms)
    path = tree.root / folder / f"{CODE}.po"
    with path.open("wb") as lines:
        write_po(lines, written)
    tree.written.add(f"{folder}/{CODE}.po")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return copy_tree(tmp_path)


def test_a_language_takes_the_files_of_its_recipe(tree: Tree) -> None:
    add_language(tree)
    tree.make_docs()
    assert tree.generated() <= {"docs/asyncapi.json", *(f"docs/api/{path.name}" for path in ROOT.glob("docs/api/*"))}
    assert unnamed("A language", tree.written) == set()
    tree.test(*TESTS, "tests/contract/test_texts.py", "tests/notifications/adapters/test_letters.py")
    assert tree.run("-c", SHOWN).split() == ["rtl", "True", CODE]


def test_each_forgotten_file_of_a_language_is_found_by_a_test(tree: Tree) -> None:
    tree.replace(f"{VOCABULARY}/codes.json", '"locale": ["en"', f'"locale": ["{CODE}", "en"')
    done = tree.try_run("-m", "pytest", "-n0", "-p", "no:cacheprovider", *TESTS)
    failed = set(re.findall(r"FAILED \S+::(\S+)", done.stdout))
    assert failed >= {f"test_every_sentence_is_translated_with_its_values[{CODE}-{room}]" for room in ROOMS}
    assert failed >= {f"{test}[{CODE}]" for test in (EVERY_LABEL, EVERY_CRITERION, EVERY_RULE)}
