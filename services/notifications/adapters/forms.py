"""The two forms of a letter, text and HTML: how each renders paragraphs, lists, buttons and names."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_NAMES = ("name", "other", "programme")
_BUTTON = (
    "display:inline-block;padding:12px 20px;border-radius:6px;background:#1f5f8b;color:#ffffff;"
    "text-decoration:none;font-weight:bold"
)


@dataclass(frozen=True)
class Form:
    """A form: whether it is markup, and the functions that its templates call."""

    markup: bool
    p: Callable[[str], str]
    points: Callable[[Iterable[str]], str]
    button: Callable[[str, str], str]
    name: Callable[[str, str], str]

    def words(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the functions for a template, and the names among its values as this form renders them."""
        direction = values["direction"]
        names = {key: self.name(values[key], direction) if values.get(key) else "" for key in _NAMES}
        return {"p": self.p, "points": self.points, "button": self.button, **names}


def _html_points(items: Iterable[str]) -> str:
    return Markup("<ul>{}</ul>\n").format(Markup("").join(Markup("<li>{}</li>").format(item) for item in items))


def _html_button(text: str, address: str) -> str:
    return Markup(
        '<p style="margin:24px 0"><a href="{address}" style="{style}">{text}</a></p>\n'
        '<p style="font-size:14px;color:#444444;word-break:break-all"><span dir="ltr">{address}</span></p>\n'
    ).format(address=address, style=_BUTTON, text=text)


def _text_name(name: str, direction: str) -> str:
    """Return a name that keeps its direction in a sentence of ``direction`` (Unicode Annex 9, isolates)."""
    alike = direction == "ltr" and name.isascii()
    return name if alike else f"{_FIRST_STRONG_ISOLATE}{name}{_POP_ISOLATE}"


HTML = Form(
    markup=True,
    p=lambda text: Markup("<p>{}</p>\n").format(text),
    points=_html_points,
    button=_html_button,
    name=lambda name, _: Markup("<bdi>{}</bdi>").format(escape(name)),
)
TEXT = Form(
    markup=False,
    p=lambda text: f"{text}\n\n",
    points=lambda items: "".join(f"- {item}\n" for item in items) + "\n",
    button=lambda text, address: f"{text}\n{address}\n\n",
    name=_text_name,
)
FORMS: Mapping[str, Form] = {"text": TEXT, "html": HTML}
