"""Faults in Python: found in the syntax tree, planted in the text of the file."""

import ast
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Any

from tests.mutants.mutant import Mutant

NEIGHBOUR: dict[type[Any], type[Any]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
_TYPES = ("annotation", "returns", "decorator_list", "bases")


def mutants_of(path: Path, text: str) -> Iterator[Mutant]:
    """Yield all faults of a file in the order of the syntax tree."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    lines = text.splitlines()

    def at(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    for node, within in _walk(ast.parse(text), "module"):
        for instead in _instead_of(node):
            start = at(node.lineno, node.col_offset)
            end = at(node.end_lineno or node.lineno, node.end_col_offset or 0)
            yield Mutant(path, node.lineno, within, start, end, instead)


def _walk(node: ast.AST, within: str) -> Iterator[tuple[Any, str]]:
    """Yield expressions and statements with the enclosing function; not types, formatted strings and exports."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        within = node.name
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or field in _TYPES or _does_nothing(child):
                continue
            if isinstance(child, ast.expr | ast.stmt):
                yield child, within
            yield from _walk(child, within)


def _does_nothing(node: ast.AST) -> bool:
    """Return whether a node is a formatted string, ``__all__`` or ``strict=`` (a guard for equal lengths)."""
    exports = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    return exports or isinstance(node, ast.JoinedStr) or (isinstance(node, ast.keyword) and node.arg == "strict")


def _instead_of(node: Any) -> Iterator[str]:
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                other = copy(node)
                other.ops = [*node.ops[:place], NEIGHBOUR[type(operator)](), *node.ops[place + 1 :]]
                yield f"({ast.unparse(other)})"
        case ast.BinOp() | ast.BoolOp() if type(node.op) in NEIGHBOUR:
            yield f"({ast.unparse(_with(node, op=NEIGHBOUR[type(node.op)]()))})"
        case ast.UnaryOp() if not isinstance(node.operand, ast.Constant):
            yield f"({ast.unparse(node.operand)})"
        case ast.Constant(value=bool()):
            yield str(not node.value)
        case ast.Constant(value=int() as number):
            yield from (f"({number + 1})", f"({number - 1})")
        case ast.AugAssign() if type(node.op) in NEIGHBOUR:
            yield ast.unparse(_with(node, op=NEIGHBOUR[type(node.op)]()))
            yield "pass"
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield "pass"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "pass"
        case ast.IfExp():
            yield f"({ast.unparse(node.body)})"
            yield f"({ast.unparse(node.orelse)})"
        case ast.Continue():
            yield "break"
        case ast.Break():
            yield "continue"


def _with(node: Any, **changed: Any) -> Any:
    other = copy(node)
    for name, value in changed.items():
        setattr(other, name, value)
    return other
