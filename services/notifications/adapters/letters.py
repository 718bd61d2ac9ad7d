"""Writes letters: Jinja templates in the reader's language, each one rendered twice, as text and as HTML.

A template in `letters/` speaks in paragraphs, points and buttons (`forms.py`), so both forms always say the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.chassis.i18n.translations import Phrases, Words
from services.events.vocabulary import is_code, label
from services.notifications.adapters.contacts import Cipher, open_contact
from services.notifications.adapters.forms import FORMS
from services.notifications.adapters.links import Links
from services.notifications.domain.attempt import Order
from services.notifications.domain.delivery import Delivery
from services.notifications.domain.kinds import Need
from services.notifications.domain.person import Person
from services.notifications.domain.quiet import zone_of
from services.notifications.ports import CannotWrite, Letter

SERVICE = Path(__file__).parent.parent


@dataclass(frozen=True)
class LetterWriter:
    """Writes every kind of letter; `programme_name` is how the programme calls itself."""

    cipher: Cipher
    links: Links
    words: Words
    programme_name: str
    environments: Mapping[str, Environment]

    def write(self, order: Order) -> Letter:
        """Return the letter in the reader's language."""
        delivery, reader = order.delivery, order.reader
        contact = open_contact(self.cipher, reader)
        phrases = self.words.of(reader.locale)
        values = self._values(order, phrases) | {"name": contact.name}
        written = {form: self._render(form, delivery.kind.name, values) for form in FORMS}
        subject = written["text"][0]
        return Letter(
            id=delivery.id,
            address=contact.address,
            name=contact.name,
            locale=phrases.locale,
            subject=subject,
            text=written["text"][1],
            html=written["html"][1],
            headers=self._headers(delivery),
        )

    def _values(self, order: Order, phrases: Phrases) -> dict[str, Any]:
        delivery, reader = order.delivery, order.reader
        return {
            "phrases": phrases,
            "locale": phrases.locale,
            "direction": phrases.direction,
            "programme": self.programme_name,
            "kind": delivery.kind,
            "link": self.links.of(delivery),
            "home": self.links.home,
            "unsubscribe": self.links.unsubscribe(delivery) if _can_stop(delivery) else None,
            "until": _moment(delivery.facts.get("until"), reader, phrases),
            "shared": [label("matters", code, phrases.locale) for code in _shared(delivery)],
            "other": self._name_of(order.other),
        }

    def _name_of(self, other: Person | None) -> str:
        """The other person's name as they wish to be called; nothing when we do not know it (any more)."""
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
        return " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        """One-click unsubscribing (RFC 8058) for what a person can do without."""
        if not _can_stop(delivery):
            return {}
        return {
            "List-Unsubscribe": f"<{self.links.unsubscribe(delivery)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }


def open_writer(*, cipher: Cipher, links: Links, programme_name: str) -> LetterWriter:
    """Read all words and templates now, so that a fault shows at start."""
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
    """What two people share, as far as there are words for it: a programme may have criteria of its own."""
    shared = delivery.facts.get("shared")
    return [str(code) for code in shared if is_code("matters", str(code))] if isinstance(shared, list) else []


def _moment(stored: object, reader: Person, phrases: Phrases) -> str:
    """A deadline by the reader's own clock, with the zone said."""
    if not isinstance(stored, str):
        return ""
    zone = zone_of(reader.time_zone)
    moment = datetime.fromisoformat(stored)
    return format_datetime(moment, "EEEE d MMMM, HH:mm (zzz)", tzinfo=zone, locale=phrases.locale)
