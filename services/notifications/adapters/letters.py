"""Write letters: Jinja templates in the reader's language, each rendered twice, as text and as HTML.

A template in ``letters/`` is made of paragraphs, lists and buttons (``forms.py``), so both forms have the same content.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.chassis.i18n.moments import format_moment
from services.chassis.i18n.translations import Phrases, Words
from services.events.vocabulary import is_code, label
from services.notifications.adapters.contacts import Cipher, open_contact
from services.notifications.adapters.forms import FORMS
from services.notifications.adapters.links import Links
from services.notifications.domain.attempt import LetterRequest
from services.notifications.domain.delivery import Delivery
from services.notifications.domain.kinds import Need
from services.notifications.domain.person import Person
from services.notifications.ports import CannotWrite, Letter

SERVICE = Path(__file__).parent.parent


@dataclass(frozen=True)
class LetterWriter:
    """Writes every kind of letter; ``programme_name`` is the programme's display name."""

    cipher: Cipher
    links: Links
    words: Words
    programme_name: str
    environments: Mapping[str, Environment]

    def write(self, request: LetterRequest) -> Letter:
        """Return the letter in the reader's language."""
        delivery, reader = request.delivery, request.reader
        contact = open_contact(self.cipher, reader)
        phrases = self.words.of(reader.locale)
        values = self._values(request, phrases) | {"name": contact.name}
        rendered = {form: self._render(form, delivery.kind.name, values) for form in FORMS}
        subject = rendered["text"][0]
        return Letter(
            id=delivery.id,
            address=contact.address,
            name=contact.name,
            locale=phrases.locale,
            subject=subject,
            text=rendered["text"][1],
            html=rendered["html"][1],
            headers=self._headers(delivery),
        )

    def _values(self, request: LetterRequest, phrases: Phrases) -> dict[str, Any]:
        delivery, reader = request.delivery, request.reader
        return {
            "phrases": phrases,
            "locale": phrases.locale,
            "direction": phrases.direction,
            "programme": self.programme_name,
            "kind": delivery.kind,
            "link": self.links.of(delivery),
            "home": self.links.home,
            "unsubscribe": self.links.unsubscribe(delivery) if _can_stop(delivery) else None,
            "until": _deadline(delivery.facts.get("until"), reader, phrases),
            "shared": [label("matters", code, phrases.locale) for code in _shared(delivery)],
            "other": self._name_of(request.other),
        }

    def _name_of(self, other: Person | None) -> str:
        """Return the other person's preferred name; an empty text when it is not known (any more)."""
        if other is None or not other.reachable:
            return ""
        try:
            return open_contact(self.cipher, other).name
        except CannotWrite:
            return ""

    def _render(self, form: str, kind: str, values: Mapping[str, Any]) -> tuple[str, str]:
        template = self.environments[form].get_template(f"{kind}.jinja")
        values = {**values, **FORMS[form].words(values)}
        subject = "".join(template.blocks["subject"](template.new_context(values)))
        body = template.render(values)
        return re.sub(r"[ \r\n]+", " ", subject).strip(), re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        """Return the headers for one-click unsubscribing (RFC 8058), for helpful kinds only."""
        if not _can_stop(delivery):
            return {}
        return {
            "List-Unsubscribe": f"<{self.links.unsubscribe(delivery)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }


def open_writer(*, cipher: Cipher, links: Links, programme_name: str) -> LetterWriter:
    """Return a writer with translations and templates loaded, so that a fault shows at start."""
    words = Words(SERVICE / "words")
    environments = {}
    for name, form in FORMS.items():
        environment = Environment(
            loader=FileSystemLoader(SERVICE / "letters"),
            autoescape=form.markup,  # noqa: S701 - off only for plain text, where nothing is markup
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        words.install(environment)
        environment.globals["layout"] = f"layout.{name}.jinja"
        environments[name] = environment
    return LetterWriter(
        cipher=cipher, links=links, words=words, programme_name=programme_name, environments=environments
    )


def _can_stop(delivery: Delivery) -> bool:
    return delivery.kind.need is Need.HELPFUL


def _shared(delivery: Delivery) -> list[str]:
    """Return the shared criteria that have a label: a programme may have criteria of its own."""
    shared = delivery.facts.get("shared")
    return [str(code) for code in shared if is_code("matters", str(code))] if isinstance(shared, list) else []


def _deadline(stored: object, reader: Person, phrases: Phrases) -> str:
    """Return a deadline in the reader's time zone and language; an empty text when there is none."""
    if not isinstance(stored, str):
        return ""
    return format_moment(datetime.fromisoformat(stored), reader.time_zone, phrases.locale)
