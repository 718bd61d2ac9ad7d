"""What makes a text hard to read, unkind, or wrong in its language: stiff words, blame, typography, gendered forms."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

_NARROW = "\u202f"
_DAYS = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
RULES = {
    "en": {
        "unkind": r"(?i)diabetic|complian|\bcontrol|\bfail|\bshould\b|suffer|\bpatients?\b|A1C",
        "stiff": r"(?i)\b(?:somebody|everybody|whoever)\b",
        "deadline": rf"(?i)\buntil (?:%\(|{_DAYS}|\d)",
        "uncontracted": r"(?i)\b(?:do|does|is|are|can|will) ?not\b|\b(?:you|we|they) are \w+ing\b",
    },
    "es": {
        "unkind": r"(?i)diabétic|cumplimiento|\bcontrol|fracas|debería|sufr|padec|\bpacientes?\b",
        "gendered": r"\w[(/@](?:a|as|os?|e)\)?(?!\w)|(?i:(?<!la )\bbienvenid[oa]s?\b|\bambos\b|\blos dos\b)",
        "informal": r"(?i)\b(?:tú|tus?|te|contigo|vosotros|vuestr\w+)\b",
        "opening": r"^[^¿]*\?|^[^¡]*!",
    },
    "fr": {
        "unkind": r"(?i)diabétique|observance|contrôl|échec|échou|devri|souffr|\bpatiente?s?\b",
        "gendered": r"\w[(·.\-](?:e|es|ne|trice)\)?(?!\w)|(?i:\btous (?:les )?deux\b|\bheureux\b|\bdésolés?\b)",
        "informal": r"(?i)\b(?:tu|toi|tes|ton|ta)\b",
        "spaces": rf"[^{_NARROW}:][;:!?»](?!\S)|«[^{_NARROW}]",
        "apostrophe": "'",
    },
    "ar": {
        "unkind": r"مريض|مرضى|فشل|يعاني|تعاني|معاناة|التزام",
        "gendered": r"\w[(/](?:ة|ت|ي|ين)\)?(?!\w)",
        "punctuation": r"[؀-ۿ]\s*[,;?]",
        "hamza": r"\b(?:اذا|الى|ان شئت|او|اي|انت)\b",
        "english": r"[A-Za-z]{3,}",
    },
}
"""For each language that we write, the patterns that no text in it may contain, by the name of their rule."""
_NAMES = (
    r"Cairn|Kim|Sam|UTC|IANA|LADA|MODY|https?://\S+|%\(\w+\)s|JSON|UTF-8|UUID|ETag|BCP 47|Europe/London|zh-Hant|\base\b"
    r"|application/json|Authorization|Allow|Idempotency-Key|true|false|null"
)
# What a caller types is in no language.
_TYPED = r"`[^`]+`|\b(?:GET|POST|PATCH|PUT|DELETE) \S+|\S+@\S+|\{.+\}|[A-Z][\w-]+: \S+"


def faults(text: str, locale: str) -> list[str]:
    """Return the names of the rules that a text in this language breaks, each with the passage at fault."""
    return [f"{name}: {passage!r}" for name, passage in broken_rules(text, locale).items()]


def broken_rules(text: str, locale: str) -> dict[str, str]:
    """Return the passage at fault by the name of each rule that a text in this language breaks."""
    plain = re.sub(rf"https?://\S+|{_TYPED}", "", text)
    if "english" in RULES[locale]:
        plain = re.sub(_NAMES, "", plain)
    found = {name: re.search(rule, plain, re.MULTILINE) for name, rule in RULES[locale].items()}
    return {name: match[0] for name, match in found.items() if match}


def reading_grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of an English text (Kincaid et al., 1975): about 6 is plain."""
    sentences = [words for line in re.split(r"[.!?:\n]+", text) if (words := re.findall(r"[A-Za-z']+", line))]
    words = [word for sentence in sentences for word in sentence]
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    """Return about how many syllables an English word has: its groups of vowels, without a silent ``e`` at its end."""
    lower = word.lower().split("'")[0]
    silent = lower.endswith("e") and not lower.endswith(("le", "ee", "ie"))
    return max(1, len(re.findall(r"[aeiouy]+", lower)) - silent)


def translations(words: Path, locale: str) -> Iterator[tuple[str, str]]:
    """Yield each sentence of a folder of catalogues with each form of its translation."""
    with (words / f"{locale}.po").open("rb") as lines:
        for message in read_po(lines, locale=locale):
            if message.id:
                ids = (message.id,) if isinstance(message.id, str) else message.id
                forms = (message.string,) if isinstance(message.string, str) else message.string or ()
                yield from ((ids[min(number, len(ids) - 1)], form) for number, form in enumerate(forms))


def values(text: str) -> set[str]:
    """Return the names of the placeholders of a sentence."""
    return set(re.findall(r"%\((\w+)\)s", text))
