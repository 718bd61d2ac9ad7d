"""The development mailbox as pages: every mail that would have been sent, newest first."""

from flask import Blueprint, Response, make_response, request

from services.chassis.core.errors import NotFound
from services.chassis.web.access_policy import allow
from services.chassis.web.html_pages import render
from services.notifications.ports import MailReader, StoredMail

_FRAMING = "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'"
_FRAMED = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


def mailbox_pages(mailbox: MailReader | None) -> Blueprint:
    """Return the pages; without a mailbox they answer 404."""
    pages = Blueprint("mailbox_pages", __name__)

    @pages.get("/mailbox")
    @allow("anyone")
    def overview() -> Response:
        to = request.args.get("to", "")[:254]
        return render("notifications/mailbox.html", lang="en", mails=_open(mailbox).newest(to=to), to=to)

    @pages.get("/mailbox/<name>")
    @allow("anyone")
    def one(name: str) -> Response:
        response = render("notifications/mail.html", lang="en", mail=_read(mailbox, name))
        response.headers["Content-Security-Policy"] = _FRAMING
        return response

    @pages.get("/mailbox/<name>/html")
    @allow("anyone")
    def html_part(name: str) -> Response:
        """Return the mail's HTML for a frame that runs no scripts; its links open in a new tab."""
        html = _read(mailbox, name).html.replace("<head>", '<head><base target="_blank">', 1)
        response = make_response(html)
        response.headers["Content-Security-Policy"] = _FRAMED
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response

    return pages


def _open(mailbox: MailReader | None) -> MailReader:
    if mailbox is None:
        raise NotFound("not_found", "There is no development mailbox here.")
    return mailbox


def _read(mailbox: MailReader | None, name: str) -> StoredMail:
    mail = _open(mailbox).read(name)
    if mail is None:
        raise NotFound("not_found", "There is no mail of this name here.")
    return mail
