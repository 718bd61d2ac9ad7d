"""The recipes for a criterion and for a fact, on a copy of the tree: their files are enough, and no check fails.

A run in the copy starts processes, so these tests are slow.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.recipes import ROOT, Tree, copy_tree, unnamed

CRITERIA = "services/matcher/domain/weights/criteria"
EACH = "services/matcher/domain/criteria/each"
CRITERION_TESTS = "tests/matcher/domain/criteria"
VOCABULARY = "services/events/vocabulary"
PETS: Mapping[str, tuple[str, str, str]] = {
    "en": ("Dog", "Cat", "Bird"),
    "es": ("Perro", "Gato", "Pájaro"),
    "fr": ("Chien", "Chat", "Oiseau"),
    "ar": ("كلب", "قطة", "طائر"),
}
LABEL = {"en": "Pets", "es": "Mascotas", "fr": "Animaux", "ar": "حيوانات"}
SCHEMAS = {f"services/events/schemas/cairn.profiles.person_{what}.v1.json" for what in ("registered", "changed")}
TEST = '''"""The test of a criterion, as the recipe asks for it."""

from services.matcher.domain.explain import explain
from tests.support.people import NOW, a_mentee, a_mentor, only


def test_it_counts() -> None:
    parts = explain(a_mentee({mentee}), a_mentor({mentor}), only("{name}"), NOW).parts
    assert {{part.criterion: part.score for part in parts}}["{name}"] == {score}
'''
FACT = '''"""The fact reaches the API, people files and the engine from its line in the table."""

from pathlib import Path

from services.matcher.adapters.csv_people import read_mentors
from services.profiles.api.schemas.sides import MenteeSignUpSchema
from services.profiles.api.translate import mentee_side
from tests.profiles.app_harness import mentee_body
from tests.support.people import NOW


def test_a_sign_up_and_a_people_file_give_the_fact(tmp_path: Path) -> None:
    side = mentee_side(MenteeSignUpSchema().load(mentee_body(pets=["dog", "cat"])), NOW)
    assert side.facts.pets == ("dog", "cat")
    assert MenteeSignUpSchema().validate(mentee_body(pets=["dgo"]))["pets"][0][0].advise()[1][0] == "dog"
    file = tmp_path / "mentors.csv"
    file.write_text("id,languages,relations,diabetes_types,pets\\nm,en,self,t1d,Chat; bird\\n", encoding="utf-8")
    (mentor,) = read_mentors(file, NOW).people
    assert mentor.facts.pets == ("cat", "bird")
'''


def write_criterion(tree: Tree, name: str, data: str, code: str, test: str) -> None:
    """Write the three files of a criterion."""
    tree.write(f"{CRITERIA}/{name}.json", data)
    tree.write(f"{EACH}/{name}.py", code)
    tree.write(f"{CRITERION_TESTS}/test_{name}.py", test)


@pytest.mark.slow
def test_a_criterion_on_an_existing_fact_takes_the_three_files_of_its_recipe(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path)
    page = (ROOT / "docs" / "matching.md").read_text(encoding="utf-8").split("## A new criterion")[1]
    data, code = (re.findall(rf"```{kind}\n(.*?)```", page, flags=re.DOTALL)[0] for kind in ("json", "python"))
    test = TEST.format(name="years_ahead", mentee='diagnosed="2026-01"', mentor='diagnosed="2015-01"', score=100)
    write_criterion(tree, "years_ahead", data, code, test)
    tree.make_docs()
    assert tree.changed() == tree.written, "no other file changes"
    assert len(tree.written) == 3
    assert unnamed("A criterion on an existing fact", tree.written) == set()
    tree.test(CRITERION_TESTS, "tests/matcher/domain/weights")


@pytest.mark.slow
def test_a_fact_with_its_criterion_takes_the_files_of_its_recipes(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path)
    table = tree.read("services/events/facts.py")
    annotation = 'Pets = Annotated[tuple[str, ...], Coded("animals you live with", axis="pet")]\n'
    table = table.replace("\nStyles = ", f"\n{annotation}Styles = ").replace(
        "    styles: Styles = ()\n", "    styles: Styles = ()\n    pets: Pets = ()\n"
    )
    tree.write("services/events/facts.py", table)
    tree.insert_before(f"{VOCABULARY}/codes.json", '  "gender": [', '  "pet": ["dog", "cat", "bird"],\n')
    for locale, words in PETS.items():
        labels = json.dumps(dict(zip(("dog", "cat", "bird"), words, strict=True)), ensure_ascii=False)
        tree.insert_before(f"{VOCABULARY}/labels.{locale}.json", '  "gender": {', f'  "pet": {labels},\n')
    demo = "deploy/demo/population.py"
    tree.insert_before(demo, '        "styles": [', '        "pets": [dice.choice(codes("pet"))],\n')
    by_fact = {path for path in tree.written if path.startswith(("services/", "deploy/"))}

    data = {"label": LABEL, "order": 145, "mode": "off", "weight": 10, "axis": "pet", "breadth": 3, "closeness": {}}
    code = tree.read(f"{EACH}/topics.py").replace("topics", "pets")
    # each of the mentor's two pets counts three quarters, so that they cover no more than half of the three
    test = TEST.format(name="pets", mentee='pets=("dog",)', mentor='pets=("dog", "cat")', score=75)
    write_criterion(tree, "pets", json.dumps(data, ensure_ascii=False), code, test)
    by_criterion = tree.written - by_fact
    tree.make_docs()

    assert tree.generated() == SCHEMAS | {"docs/asyncapi.json", "docs/api/profiles.json"}
    assert unnamed("A fact about people", by_fact) == set()
    assert unnamed("A criterion on an existing fact", by_criterion) == set()
    (tree.root / "tests/events/test_pets.py").write_text(FACT, encoding="utf-8")
    tree.test(
        CRITERION_TESTS,
        "tests/events",
        "tests/deploy/test_population.py",
        "tests/profiles/api/test_catalogue.py",
        "tests/profiles/api/test_signing_up.py",
        "tests/matcher/adapters/test_csv_people.py",
        "tests/contract/test_validation_contract.py",
    )


@pytest.mark.slow
def test_a_fact_without_labels_or_generated_people_is_found_by_the_tests_of_its_recipe(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path)
    table = tree.read("services/events/facts.py")
    pets = 'pets: Annotated[tuple[str, ...], Coded("animals you live with", axis="pet")] = ()'
    tree.write("services/events/facts.py", table.replace("styles: Styles = ()\n", f"styles: Styles = ()\n    {pets}\n"))
    tree.insert_before(f"{VOCABULARY}/codes.json", '  "gender": [', '  "pet": ["dog", "cat", "bird"],\n')
    tests = ("tests/events/test_vocabulary.py", "tests/deploy/test_population.py")
    done = tree.try_run("-m", "pytest", "-n0", "-p", "no:cacheprovider", *tests)
    assert done.returncode != 0
    failed = set(re.findall(r"FAILED \S+::(\w+)", done.stdout))
    assert "test_every_code_has_a_label_and_every_label_a_code" in failed
    assert "test_every_answer_that_counts_for_matching_is_given_by_generated_people" in failed
