"""Faults in C, token by token; not in comments, strings and preprocessor lines."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.mutants.mutant import Mutant

_IGNORED = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.DOTALL | re.MULTILINE)
_TOKEN = re.compile(
    r"[A-Za-z_]\w*|(?:0[xX][0-9a-fA-F]+|\d+)(?![\w.])|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|\+=|-=|\*=|->|\S"
)
_FUNCTION = re.compile(r"^(?!struct|typedef|enum)\w[\w \t\n\*,]*?(\w+)\(", re.MULTILINE)
_STATEMENT = re.compile(r"(?<=[;{}\n])[ \t]*((?:[A-Za-z_]\w*(?:->|\.|\[[^;\n]*\])?)+[^;{}\n]*;)", re.MULTILINE)
_NOT_REMOVED = re.compile(
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
    """Yield all faults of a file in the order of the text, removed statements last."""
    code = _IGNORED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    names = [(match.start(), match[1]) for match in _FUNCTION.finditer(code)]

    def planted(start: int, end: int, instead: str) -> Mutant:
        within = next((name for begins, name in reversed(names) if begins <= start), "file")
        return Mutant(path, text.count("\n", 0, start) + 1, within, start, end, instead)

    before = ""
    for token in _TOKEN.finditer(code):
        for instead in _instead_of(token[0], before):
            yield planted(token.start(), token.end(), instead)
        before = token[0]
    for match in _STATEMENT.finditer(code):
        before = code[code.rfind("\n", 0, match.start(1)) + 1 : match.start(1)]
        if _acts(match[1]) and before.count("(") == before.count(")"):
            yield planted(match.start(1), match.end(1), ";")


def _acts(statement: str) -> bool:
    """Return whether a statement assigns or calls something and declares nothing."""
    whole = statement.count("(") == statement.count(")")
    return whole and not _NOT_REMOVED.match(statement) and bool(_DOES.search(statement))


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
