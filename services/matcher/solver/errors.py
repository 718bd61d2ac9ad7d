"""What the matching kernel says when it cannot answer: one sentence each, nothing lost."""


class MatchingError(Exception):
    """Anything the kernel refuses; the caller's arrays are never changed."""


class BadArraysError(MatchingError, ValueError):
    """An array has the wrong shape, type or contents (NaN, a negative capacity, a code outside its table, ...)."""


class ValueTooLargeError(MatchingError, OverflowError):
    """Scores so large that exact 64-bit sums could overflow; lower the weights or the bonuses."""


class LimitReachedError(MatchingError):
    """The run would take more time or memory than it was allowed."""


class TimeLimitReachedError(LimitReachedError):
    """The allowed seconds are over; no half answer is given."""


class MemoryLimitReachedError(LimitReachedError):
    """The estimated working memory is above what was allowed, found before it was taken."""


class RunCancelledError(MatchingError):
    """The caller's `cancelled()` said yes between two slices of work."""
