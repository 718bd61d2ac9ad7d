"""The pages of notifications: the development mailbox, and the templates of the unsubscribe page."""

from collections.abc import Sequence
from pathlib import Path

import flask

from services.chassis.i18n.translations import Words
from services.notifications.pages.mailbox import mailbox_pages
from services.notifications.ports import MailReader

_WORDS = Path(__file__).parent.parent / "words"


def pages(mailbox: MailReader | None) -> Sequence[flask.Blueprint]:
    """Return the page blueprints; their templates are in ``templates/notifications/``."""
    return (_templates(), mailbox_pages(mailbox))


def _templates() -> flask.Blueprint:
    """Return the blueprint that brings the templates and translations of this service's pages."""
    blueprint = flask.Blueprint("notifications_looks", __name__, template_folder="templates")
    words = Words(_WORDS)

    @blueprint.record
    def install(state: flask.blueprints.BlueprintSetupState) -> None:
        words.install(state.app.jinja_env)
        state.app.jinja_env.globals["phrases_of"] = words.of

    return blueprint
