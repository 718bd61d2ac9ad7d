"""Faults in C: token by token, with comments, texts and preprocessor lines left alone."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.mutants.mutant import Mutant

_SILENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.DOTALL | re.MULTILINE)
_TOKEN = re.compile(
    r"[A-Za-z_]\w*|(?:0[xX][0-9a-fA-F]+|\d+)(?![\w.])|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|\+=|-=|\*=|->|\S"
)
_FUNCTION = re.compile(r"^(?!struct|typedef|enum)\w[\w \t\n\*,]*?(\w+)\(", re.MULTILINE)
_STATEMENT = re.compile(r"(?<=[;{}\n])[ \t]*((?:[A-Za-z_]\w*(?:->|\.|\[[^;\n]*\])?)+[^;{}\n]*;)", re.MULTILINE)
_KEPT = re.compile(
    r"^(return|break|continue|if|for|while|do|else|goto|switch|case|default|typedef|struct|static|const|extern|inline|"
    r"int|void|char|long|unsigned|double|size_t|u?int\d+_t|[A-Z]\w+)\b"
)
_DOES = re.compile(r"(?<![<>=!])=(?!=)|\+\+|--|\(")
SWAPPED = {
    "<": ("<=",),
    "<=": ("<",),
    ">": (">=",),
    ">=": (">",),
    "==": ("!=",),
    "!=": ("==",),
    "&&": ("||",),
    "||": ("&&",),
    "++": ("--",),
    "--": ("++",),
    "+=": ("-=",),
    "-=": ("+=",),
    "<<": (">>",),
    ">>": ("<<",),
    "break": ("continue",),
    "continue": ("break",),
    "!": ("",),
    "~": ("",),
    "^": ("&",),
}
BETWEEN = {"+": "-", "-": "+", "&": "|", "|": "&", "/": "*", "%": "/"}


def mutants_of(path: Path, text: str) -> Iterator[Mutant]:
    """Every fault of ours that this file can have, in the order of the text, statements that go missing last."""
    quiet = _SILENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    names = [(found.start(), found[1]) for found in _FUNCTION.finditer(quiet)]

    def planted(start: int, end: int, instead: str) -> Mutant:
        within = next((name for begins, name in reversed(names) if begins <= start), "file")
        return Mutant(path, text.count("\n", 0, start) + 1, within, start, end, instead)

    before = ""
    for token in _TOKEN.finditer(quiet):
        for instead in _instead_of(token[0], before):
            yield planted(token.start(), token.end(), instead)
        before = token[0]
    for found in _STATEMENT.finditer(quiet):
        before = quiet[quiet.rfind("\n", 0, found.start(1)) + 1 : found.start(1)]
        if _acts(found[1]) and before.count("(") == before.count(")"):
            yield planted(found.start(1), found.end(1), ";")


def _acts(statement: str) -> bool:
    """Whether a statement sets or calls something, and declares nothing."""
    whole = statement.count("(") == statement.count(")")
    return whole and not _KEPT.match(statement) and bool(_DOES.search(statement))


def _instead_of(token: str, before: str) -> tuple[str, ...]:
    if token[0].isdigit():
        number = int(token, 0)
        return (str(number + 1), f"({number - 1})")
    follows_value = bool(re.fullmatch(r"\w+|\)|\]", before)) and before not in ("return", "case", "else")
    if token in BETWEEN and follows_value:
        return (BETWEEN[token],)
    if token == "-" and not follows_value:
        return ("",)
    return SWAPPED.get(token, ())
