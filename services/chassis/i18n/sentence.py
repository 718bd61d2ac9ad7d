"""An English sentence that can be shown in another language: its key in the catalogues, and its values."""

from __future__ import annotations


class Sentence(str):
    """A sentence with values: ``Sentence("This is version %(version)s.", version=3)``.

    It is its English text, so logs, dead letters and terminals show it as it is; ``Phrases.translate`` shows it in
    another language. A text without values needs no ``Sentence``: a plain ``str`` is its own key. Values that are
    sentences are translated too.
    """

    key: str
    values: dict[str, object]
    __slots__ = ("key", "values")

    def __new__(cls, key: str, /, **values: object) -> Sentence:
        """Return the sentence with its values filled in."""
        sentence = super().__new__(cls, key % values if values else key)
        sentence.key = key
        sentence.values = values
        return sentence

    def format(self, *_: object, **__: object) -> Sentence:
        """Return the sentence itself: marshmallow formats every message, and the values are filled in already."""
        return self
