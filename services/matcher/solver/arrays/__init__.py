"""Array types of the solver, and the checks that every input array passes."""

from .checks import as_i32, as_i64, as_rows, as_u64
from .types import I32, I64, U64, AnyArray

__all__ = ["I32", "I64", "U64", "AnyArray", "as_i32", "as_i64", "as_rows", "as_u64"]
