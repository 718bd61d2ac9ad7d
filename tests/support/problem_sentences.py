"""The English sentences of problem details, read from the sources: each is a key of the catalogues."""

import ast
from collections.abc import Iterator
from pathlib import Path

SHOWN = {
    "Sentence": (0,),
    "Hint": (0, 2),
    "Invalid": (1,),
    "NotFound": (1,),
    "Forbidden": (1,),
    "Conflict": (1,),
    "Gone": (1,),
    "Stale": (1,),
    "MatchMovedOn": (1,),
    "moved_on": (1,),
    "Fault": (1,),
    "WeightsFault": (1,),
    "problem": (2, 3),
    "Problem": (2, 3),
    "ValidationError": (0,),
    "Shaped": (1,),
}
"""The calls whose arguments a caller may read, by name, and which arguments (counted from 0) those are."""
_VALIDATORS = {"Length", "Range", "OneOf", "Email", "Regexp", "ContainsOnly"}
_PASSED_ON = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.List, ast.DictComp)


def sources(folder: Path) -> list[Path]:
    """Return the sources of a folder."""
    return sorted(folder.rglob("*.py"))


def sentences_in(path: Path) -> set[str]:
    """Return the keys in a source file."""
    return {text for text, _ in _shown(path) if text is not None}


def untranslatable_in(path: Path) -> list[int]:
    """Return the lines on which a sentence is built in a way that leaves it without a key, such as an f-string."""
    return [line for text, line in _shown(path) if text is None]


def _shown(path: Path) -> Iterator[tuple[str | None, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assigned: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, []).append(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for argument in _arguments(node):
                yield from _texts(argument, assigned)
        elif isinstance(node, ast.Dict):  # an entry of ``errors``
            keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
            if "field" in keys and "message" in keys:
                yield from _texts(node.values[keys.index("message")], assigned)


def _arguments(call: ast.Call) -> list[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    shown = [call.args[at] for at in SHOWN.get(name, ()) if at < len(call.args)]
    if name in _VALIDATORS:
        shown += [keyword.value for keyword in call.keywords if keyword.arg == "error"]
    return shown


def _texts(node: ast.expr, assigned: dict[str, list[ast.expr]]) -> Iterator[tuple[str | None, int]]:
    """Yield each constant that an expression may be, and None for one that is built."""
    if isinstance(node, ast.Name) and node.id in assigned:
        for value in assigned[node.id]:
            if not isinstance(value, ast.Name):
                yield from _texts(value, assigned)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, assigned)
        yield from _texts(node.orelse, assigned)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value, node.lineno
    elif not isinstance(node, _PASSED_ON):
        yield None, node.lineno
