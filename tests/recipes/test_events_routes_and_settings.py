"""CONTRIBUTING's recipes for an event, a channel, a setting, a route and a page are enough, tried on a copy."""

from pathlib import Path

import pytest

from tests.support.recipes import Tree, copy_tree, unnamed

pytestmark = pytest.mark.slow


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return copy_tree(tmp_path)


def only_named(tree: Tree, recipe: str) -> None:
    """Hold that the recipe names every file changed by hand, and that ``make docs`` has nothing left to write."""
    assert unnamed(recipe, tree.written) == set()
    tree.run("-m", "deploy.docs", "--check")


EVENT = '''

@dataclass(frozen=True, kw_only=True)
class MessageRead(Event, type="cairn.notifications.message_read.v1", topic=DELIVERIES, key="person_id"):
    """A message was opened."""

    person_id: str
    programme_id: str
'''
EXAMPLE = '{\n  "person_id": "per_7f3k2m9q",\n  "programme_id": "cairn"\n}\n'


def test_an_event_takes_its_class_a_line_of_the_catalogue_and_an_example(tree: Tree) -> None:
    declared = "services/events/notifications.py"
    tree.write(declared, tree.read(declared) + EVENT)
    tree.insert_before(
        "services/events/catalogue.py", "    notifications.NotificationsForgot,\n", "    notifications.MessageRead,\n"
    )
    tree.write("tests/events/golden/cairn.notifications.message_read.v1.json", EXAMPLE)
    tree.make_docs()
    assert "services/events/schemas/cairn.notifications.message_read.v1.json" in tree.generated()
    tree.test("tests/events")
    only_named(tree, "An event")


def test_a_setting_takes_one_line(tree: Tree) -> None:
    path = "services/notifications/settings.py"
    line = '    programme_name: str = text("Cairn")\n'
    tree.insert_before(path, line, '    mail_footer: str = text("Kind regards")  # a last line for every mail\n')
    tree.make_docs()
    assert "MAIL_FOOTER" in tree.read("docs/settings.md")
    tree.test("tests/notifications/test_settings.py", "tests/deploy/test_manifests.py")
    only_named(tree, "A setting")


ROUTE = '''"""Whether the service answers in this language."""

from flask import Response, jsonify

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint
from services.profiles.api.context import group


def greetings() -> Blueprint:
    """Return the route of greetings."""
    routes = group("greetings", "A greeting.")

    @routes.route("/greetings", methods=["GET"])
    @allow("anyone")
    @routes.response(200)
    def read() -> Response:
        """Read a greeting."""
        return jsonify({"greeting": "Welcome"})

    return routes
'''
IMPORT_ROUTE = "from services.profiles.api.greetings import greetings\n"


def test_a_route_takes_its_file_and_a_line_of_the_routes(tree: Tree) -> None:
    rooms = "services/profiles/api/__init__.py"
    tree.write("services/profiles/api/greetings.py", ROUTE)
    tree.insert_before(rooms, "from services.profiles.api.introductions", IMPORT_ROUTE)
    tree.replace(rooms, "catalogue())", "catalogue(), greetings())")
    tree.make_docs()
    assert "/greetings" in tree.read("docs/routes.md")
    expected = "tests/profiles/api/test_description.py"  # the list of every route of the service
    tree.insert_before(expected, '        "GET /profiles/v1/catalogue",\n', '        "GET /profiles/v1/greetings",\n')
    tree.test("tests/profiles/api/test_description.py", "tests/architecture/test_house_rules.py")
    only_named(tree, "A route")


def test_a_route_that_does_not_say_who_may_call_it_does_not_start(tree: Tree) -> None:
    rooms = "services/profiles/api/__init__.py"
    tree.write("services/profiles/api/greetings.py", ROUTE.replace('    @allow("anyone")\n', ""))
    tree.insert_before(rooms, "from services.profiles.api.introductions", IMPORT_ROUTE)
    tree.replace(rooms, "catalogue())", "catalogue(), greetings())")
    assert tree.try_run("-m", "deploy.docs").returncode != 0


PAGE = '''"""A page that thanks."""

from flask import Blueprint, Response

from services.chassis.i18n.translations import Words
from services.chassis.web.access_policy import allow
from services.chassis.web.html_pages import language, render


def thanks(pages: Blueprint, words: Words) -> None:
    """Add the page that thanks."""

    @pages.get("/thanks")
    @allow("anyone")
    def thanks_page() -> Response:
        lang = language()
        return render("profiles/thanks.html", lang=lang, phrases=words.of(lang))
'''


def test_a_page_takes_its_file_a_template_and_a_line_of_the_pages(tree: Tree) -> None:
    rooms = "services/profiles/pages/__init__.py"
    tree.write("services/profiles/pages/thanks.py", PAGE)
    template = tree.read("services/profiles/pages/templates/profiles/sign_in.html")
    tree.write("services/profiles/pages/templates/profiles/thanks.html", template)
    tree.insert_before(rooms, "from services.profiles.ports", "from services.profiles.pages.thanks import thanks\n")
    tree.insert_before(rooms, "    return pages\n", "    thanks(pages, words)\n")
    tree.make_docs()
    assert "/thanks" in tree.read("docs/routes.md")
    tree.test("tests/profiles/pages", "tests/architecture/test_translations.py")
    only_named(tree, "A page")


def test_a_channel_takes_its_adapter_and_a_scheme_of_the_mail_url(tree: Tree) -> None:
    files = "services/notifications/adapters/email_files.py"
    tree.write("services/notifications/adapters/folder_files.py", tree.read(files).replace("EmailFiles", "FolderFiles"))
    bootstrap, settings = "services/notifications/bootstrap.py", "services/notifications/settings.py"
    tree.insert_before(bootstrap, "    if settings.mail_folder is not None:\n", CHANNEL)
    tree.replace(settings, 'by_file = parts.scheme == "maildir"', 'by_file = parts.scheme in {"maildir", "folder"}')
    tested = tree.read("tests/notifications/adapters/test_email.py")
    copied = tested.replace("email_files", "folder_files").replace("EmailFiles", "FolderFiles")
    tree.write("tests/notifications/adapters/test_folder_files.py", copied)
    tree.test("tests/notifications/adapters/test_folder_files.py", "tests/notifications/test_settings.py")
    assert tree.run("-c", CHOSEN).strip() == "FolderFiles"
    only_named(tree, "A channel for messages")


CHANNEL = """    if settings.mail_url.startswith("folder:"):
        from services.notifications.adapters.folder_files import FolderFiles

        return FolderFiles(Path(settings.mail_url.removeprefix("folder://")), settings.mail_from, SystemClock())
"""
CHOSEN = """
from services.chassis.service.settings import load
from services.notifications.bootstrap import channel
from services.notifications.settings import Settings
base = {"ENVIRONMENT": "development", "DATABASE_URL": "sqlite:////nowhere/a.db", "BROKER_URL": "embedded:////nowhere/b.db"}
print(type(channel(load(Settings, base | {"MAIL_URL": "folder:///nowhere"}))).__name__)
"""
