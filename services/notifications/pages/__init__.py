"""The pages of notifications: the development mailbox, and the templates of the unsubscribe page."""

from collections.abc import Sequence

import flask

from services.notifications.pages.mailbox import mailbox_pages
from services.notifications.ports import MailReader


def routes(mailbox: MailReader | None) -> Sequence[flask.Blueprint]:
    """Return the page blueprints; their templates are in ``templates/notifications/``."""
    return (_templates(), mailbox_pages(mailbox))


def _templates() -> flask.Blueprint:
    """Return the blueprint that brings the templates of this service's pages."""
    return flask.Blueprint("notifications_looks", __name__, template_folder="templates")
