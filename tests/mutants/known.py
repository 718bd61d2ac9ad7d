"""Survivors that are no gap in the tests, each with the reason."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.mutants.mutant import Mutant

DOMAIN = "services/matcher/domain"


class Known(NamedTuple):
    """Faults in one function (`*`: anywhere in the file) that are not told apart by any answer.

    `kind`: `pace`, they change how fast the answer is found and never the answer; `same`, they change nothing at all.
    `instead` and `was` narrow it to one fault; left empty, every fault of the function is meant.
    """

    path: str
    within: str
    kind: str
    why: str
    was: str = ""
    instead: str = ""

    def means(self, mutant: Mutant, text: str) -> bool:
        """Whether this is said of that fault."""
        was = " ".join(text[mutant.start : mutant.end].split())
        return (
            str(mutant.path) == f"{DOMAIN}/{self.path}"
            and self.within in ("*", mutant.within)
            and self.was in ("", was)
            and self.instead in ("", mutant.instead)
        )


def _all(path: str, within: str, kind: str, why: str, *faults: str | tuple[str, str]) -> Iterator[Known]:
    """The same said of several faults in one function: what was there, or that and what is there instead."""
    for one in faults:
        yield Known(path, within, kind, why, *((one,) if isinstance(one, str) else one))


KNOWN: tuple[Known, ...] = (
    Known("assignment/check.c", "cairn_check", "same", "the caller has emptied it already", "0", "1"),
    Known("solve/keep.py", "*", "pace", "how long the lists are; shorter ones cost a round of pricing"),
    Known("assignment/strategy.py", "*", "pace", "where epsilon starts and how it falls"),
    Known("assignment/problem.py", "without", "pace", "the auction's values; repair and proof see the true ones"),
    Known(
        "assignment/problem.py",
        "checked_edges",
        "same",
        "another number for each pair, just as different from all others",
        "mentee * max(mentors, 1) + mentor",
        "(mentee * max(mentors, 1) - mentor)",
    ),
    Known("assignment/problem.py", "checked_edges", "same", "keys for rows that are not there", "len(indptr) - 1"),
    Known(
        "assignment/problem.py",
        "problem_of",
        "same",
        "whoever calls it has given every edge its tie",
        "edges.tie[useful] if edges.tie is not None else np.zeros(len(mentor), np.int64)",
        "(edges.tie[useful])",
    ),
    Known("assignment/problem.py", "refuse_large", "same", "nobody's largest value", "0"),
    Known("assignment/problem.py", "refuse_large", "same", "one mentee or none never sums up to the limit", "1"),
    Known("assignment/repair.c", "reprice", "same", "only settled nodes are nearer, and all of them are", "&&", "||"),
    Known("scoring/select.c", "cairn_count", "same", "the caller has emptied it already", "end[0] = 0;", ";"),
    Known("scoring/select.c", "cairn_count", "same", "rows are written anew from where the first starts", "0", "1"),
    *(
        Known("scoring/scan.c", "prepare", "same", "more room than is needed", was, instead)
        for was, instead in (("1", "2"), ("2", "3"), ("4", "5"), ("8", "9"), ("/", "*"))
    ),
    Known("scoring/scan.c", "cairn_merge", "same", "nobody asks whom a cut left out", "0", "1"),
    Known("scoring/keep.h", "nth_gain", "same", "the inner loop ends there either way", "break", "continue"),
    Known("scoring/scan.h", "NAMED", "pace", "how close a floor is found; whatever is found is one", "&&", "||"),
    Known("solve/columns.py", "module", "pace", "from how many pairs on bidding again is quicker", "64"),
    Known("solve/uncovered.py", "module", "pace", "how many corners are tried", "40"),
    Known("scoring/scan.c", "prepare", "same", "where memory ends it ends for several arrays at once", "&&", "||"),
    Known(
        "solve/guide.py",
        "guessed",
        "pace",
        "which pairs the guess is made from",
        "np.repeat(lists.indptr[rows] - start[:-1], length) + np.arange(start[-1])",
    ),
    Known("solve/uncovered.py", "within_reach", "same", "the lowest is below nothing already", "0", "(1)"),
    Known("solve/uncovered.py", "_cover", "pace", "a mentee more is looked at", "spare < fallen[mentors].max()"),
    Known("solve/columns.py", "_optimum", "same", "lists always bring their ties", "0", "(1)"),
    Known("eligibility/kinds.py", "module", "pace", "up to which number a table is used instead of sorting"),
    *(
        Known("eligibility/kinds.py", "_distinct", "pace", "where sorting begins to be quicker than a table", was)
        for was in (
            "highest >= min(FEW, 1024 + 8 * len(numbers))",
            "1024 + 8 * len(numbers)",
            "8 * len(numbers)",
            "1024",
            "8",
        )
    ),
    Known("eligibility/kinds.py", "words_for", "same", "a word of bits more than needed is zero", "64", "(63)"),
    *(
        Known("eligibility/kinds.py", "_joined", "pace", "how early numbers are made small again", was)
        for was in ("count * choices", "count * choices > FEW")
    ),
    Known("eligibility/kinds.py", "_joined", "same", "the highest label of nobody", "0", "(-1)"),
    Known(
        "eligibility/kinds.py", "_distinct", "same", "an entry more of the table, of which nothing is true", "0", "(1)"
    ),
    Known("eligibility/kinds.py", "_distinct", "same", "a slice may reach past the end", "1", "(2)"),
    *_all("assignment/plain_standing.py", "add_mentor", "same", "set before anybody asks", "0"),
    *_all(
        "assignment/plain_standing.py",
        "connect_mentee",
        "pace",
        "whoever is priced too high, or as before, is placed once more and pays what is right then",
        "worth - state.mentor_price[j]",
        "best <= state.mentee_price[row]",
        "0",
    ),
    *_all("assignment/plain_standing.py", "connect_mentor", "same", "none is above nothing either", ("0", "(-1)")),
    Known("assignment/compiled_standing.py", "module", "same", "another value nobody takes", "60"),
    *_all("assignment/compiled_standing.py", "__init__", "same", "filled, or made larger, right after", "0"),
    Known("assignment/compiled_standing.py", "add_mentor", "same", "set before anybody asks", "0"),
    *(
        Known(
            "assignment/compiled_standing.py",
            within,
            "same",
            "arrays of people move when people come, and are pointed at then; all else changes in place",
            "self._point()",
        )
        for within in ("connect_mentee", "connect_mentor", "drop_mentee", "drop_mentor", "set_capacity", "_make_room")
    ),
    *_all(
        "assignment/compiled_standing.py",
        "drop_mentee",
        "pace",
        "edges at a value nobody takes are looked at once more",
        "self._rows.start[row] = self._rows.end[row]",
    ),
    *_all(
        "assignment/compiled_standing.py",
        "drop_mentor",
        "pace",
        "edges at a value nobody takes are looked at once more; places are fitted with the next edge",
        "self._columns.end[row] = self._columns.start[row]",
        "self._places.end[row] = self._places.start[row]",
    ),
    Known(
        "assignment/compiled_standing.py",
        "_move_row",
        "same",
        "what an edge says stays under its old number",
        "own >= 0",
    ),
    *_all(
        "assignment/compiled_standing.py",
        "_fit_places",
        "same",
        "more room than is needed, or the same again",
        "self._columns.end[j] - self._columns.start[j]",
        ("1", "(2)"),
        "wanted <= now",
    ),
    *_all(
        "assignment/compiled_standing.py",
        "_mentors_of",
        "same",
        "values are above zero or far below",
        'self._array("value")[mine] > 0',
        ("0", "(-1)"),
    ),
    *_all(
        "assignment/compiled_standing.py",
        "_enlarge",
        "pace",
        "when and by how much arrays grow",
        "len(before) < size",
        "2",
    ),
    *_all(
        "assignment/compiled_standing.py",
        "_make_room",
        "pace",
        "when and by how much arrays grow",
        'len(self._work.arrays["lowered"]) < mentees',
        'len(self._work.arrays["leaver"]) < mentors',
        "mentees // 2",
        "mentors // 2",
        "2",
    ),
    *_all("assignment/repair.c", "fill", "same", "any number below zero says nobody", ("1", "2")),
    *_all("assignment/repair.c", "fill", "same", "who ends there, nobody asks the other", "-"),
    *_all("assignment/repair.c", "fill", "pace", "which pairs are looked at more closely", ("+", "-")),
    *_all(
        "assignment/repair.c",
        "fill",
        "same",
        "all of a mentor's mentees are settled with them",
        ("w->mentee_state[i] = 2;", ";"),
    ),
    *_all("assignment/repair.c", "cairn_place", "pace", "how often somebody is asked", ">", "+", "8"),
    *_all("assignment/repair.c", "cairn_fill", "pace", "how often somebody is asked", "+", "8", "0"),
    *_all(
        "assignment/repair.c", "cairn_place_one", "same", "asked for the unmatched only; nobody reads the answer", "0"
    ),
    *_all("assignment/repair.c", "cairn_settle_one", "same", "nobody reads the answer", "0"),
    *_all("assignment/repair.c", "cairn_leave", "same", "any number below zero says nobody", ("1", "2")),
    *_all(
        "scoring/compiled_lists.py",
        "cut_at",
        "pace",
        "how soon what will not be listed is left alone",
        'self.arrays["mentor_cut"][:, 0] = mentor_cut[:, 0]',
        "0",
    ),
    *_all("scoring/compiled_lists.py", "beside", "same", "lists of mentees are shared with the first", ("0", "(1)")),
    *_all(
        "scoring/compiled_lists.py",
        "beside",
        "pace",
        "how soon what will not be listed is left alone",
        'other.cut_at(self.arrays["mentor_cut"])',
    ),
    *_all("assignment/auction.c", "unseat", "same", "any number below zero says nobody", ("1", "2")),
    *_all(
        "assignment/auction.c",
        "cairn_reverse",
        "same",
        "whoever still waits is asked for at once",
        ("continue", "break"),
    ),
    *_all(
        "assignment/auction.c",
        "cairn_reverse",
        "pace",
        "whom a mentor courts who gains nothing by it",
        "<=",
        (">=", ">"),
    ),
    *_all("assignment/auction.c", "cairn_loosen", "pace", "who bids again though they are near enough", ("<", "<=")),
    *_all("assignment/compiled_auction.py", "__init__", "same", "set before it is read", "self._left = 0"),
    *_all(
        "assignment/compiled_auction.py",
        "run",
        "pace",
        "who bids first, how finely and how long",
        "self._left = ONE_SIDED_BUDGET * len(self._problem.mentor)",
        "ratio > SURPLUS",
        "1",
    ),
    *_all(
        "assignment/compiled_auction.py",
        "run_from",
        "pace",
        "from where bidding starts",
        "self.market.v[:] = SCALE * np.maximum(prices, 0)",
    ),
    *_all("assignment/compiled_auction.py", "_drained", "pace", "one look more or less", "0"),
    *_all("assignment/compiled_auction.py", "_mentors_bid", "pace", "how finely mentors bid", "1"),
)


def known(mutant: Mutant, root: Path) -> Known | None:
    """What is known about a fault, if anything."""
    text = (root / mutant.path).read_text(encoding="utf-8")
    return next((one for one in KNOWN if one.means(mutant, text)), None)
