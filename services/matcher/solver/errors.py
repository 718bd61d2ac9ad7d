"""Errors of the solver, each with a one-sentence message."""


class SolverError(Exception):
    """Base of all errors of the solver. The caller's arrays are never changed."""


class BadArraysError(SolverError, ValueError):
    """An array has the wrong shape, type or contents (NaN, a negative capacity, a code outside its table, ...)."""


class ValueTooLargeError(SolverError, OverflowError):
    """Scores or prices are so large that exact 64-bit sums could overflow; lower the weights or the bonuses."""


class LimitReachedError(SolverError):
    """The run needs more time or memory than it may take."""


class TimeLimitReachedError(LimitReachedError):
    """The allowed seconds are over; no partial answer is returned."""


class MemoryLimitReachedError(LimitReachedError):
    """The estimated working memory is above the limit; raised before it is allocated."""


class RunCancelledError(SolverError):
    """The caller's ``cancelled()`` returned true between two slices of work."""
