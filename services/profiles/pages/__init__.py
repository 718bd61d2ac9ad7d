"""The pages of profiles, rendered on the server, phone first, in the reader's language."""

from flask import Blueprint

from services.chassis.i18n.translations import Words
from services.profiles.pages.account import account
from services.profiles.pages.front import front
from services.profiles.pages.introduction import introduction
from services.profiles.pages.sign_in import signing_in
from services.profiles.ports import Resources

__all__ = ["routes"]


def routes(resources: Resources, words: Words, *, public_url: str, development: bool) -> Blueprint:
    """Return the blueprint with the pages of this service."""
    pages = Blueprint("profiles_pages", __name__, template_folder="templates")
    front(pages, words, public_url=public_url, development=development)
    introduction(pages, resources, words)
    account(pages, resources, words)
    signing_in(pages, resources, words)
    return pages
