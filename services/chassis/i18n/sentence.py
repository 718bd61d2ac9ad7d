"""An English sentence that can be shown in another language: its key in the catalogues, and its values."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast


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


class Hint(Sentence):
    """A sentence about a value that is not valid, which can look up the nearest valid values.

    ``Hint("This is no day.", partial(nearest, "day", text), "This is no day; perhaps you mean %(near)s.")``. The
    look-up costs much more than the sentence, so an answer with many faults calls ``advise`` for the first few only.
    """

    _find: Callable[[], tuple[str, ...]]
    _advice: str
    __slots__ = ("_advice", "_find")

    def __new__(cls, key: str, find: Callable[[], tuple[str, ...]], advice: str = "", /, **values: object) -> Hint:
        """Return the sentence; ``advice`` is the one with ``%(near)s``, by default the same sentence."""
        hint = cast(Hint, super().__new__(cls, key, **values))
        hint._find = find
        hint._advice = advice
        return hint

    def advise(self) -> tuple[Sentence, tuple[str, ...]]:
        """Look the nearest valid values up; return the sentence that names them, and the values."""
        near = self._find()
        if not near or not self._advice:
            return Sentence(self.key, **self.values), near
        return Sentence(self._advice, **self.values, near=", ".join(near)), near


def advise(sentence: str) -> tuple[str, tuple[str, ...]]:
    """Return a sentence with the nearest valid values in it, and the values; other sentences as they are."""
    return sentence.advise() if isinstance(sentence, Hint) else (sentence, ())
