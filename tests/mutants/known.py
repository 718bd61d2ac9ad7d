"""Survivors that are no gap in the tests, each with the reason."""

from pathlib import Path

from tests.mutants.known_bidding import BIDDING
from tests.mutants.mutant import Mutant
from tests.mutants.reason import Known

KNOWN: tuple[Known, ...] = (
    Known("assignment/certificate.c", "cairn_check", "same", "the caller has emptied it already", "0", "1"),
    Known(
        "column_generation/list_lengths.py", "*", "pace", "how long the lists are; shorter ones cost a round of pricing"
    ),
    Known("assignment/epsilon_schedule.py", "*", "pace", "where epsilon starts and how it falls"),
    Known(
        "assignment/bipartite_graph.py", "without", "pace", "the auction's values; repair and proof see the true ones"
    ),
    Known(
        "assignment/bipartite_graph.py",
        "checked_edges",
        "same",
        "another number for each pair, just as different from all others",
        "mentee * max(mentors, 1) + mentor",
        "(mentee * max(mentors, 1) - mentor)",
    ),
    Known(
        "assignment/bipartite_graph.py", "checked_edges", "same", "keys for rows that are not there", "len(indptr) - 1"
    ),
    Known(
        "assignment/bipartite_graph.py",
        "problem_of",
        "same",
        "whoever calls it has given every edge its tie",
        "edges.tie[useful] if edges.tie is not None else np.zeros(len(mentor), np.int64)",
        "(edges.tie[useful])",
    ),
    Known("assignment/bipartite_graph.py", "refuse_large", "same", "nobody's largest value", "0"),
    Known(
        "assignment/bipartite_graph.py", "refuse_large", "same", "one mentee or none never sums up to the limit", "1"
    ),
    Known("assignment/augment.c", "reprice", "same", "only settled nodes are nearer, and all of them are", "&&", "||"),
    Known("scoring/select.c", "cairn_count", "same", "the caller has emptied it already", "end[0] = 0;", ";"),
    Known("scoring/select.c", "cairn_count", "same", "rows are written anew from where the first starts", "0", "1"),
    *(
        Known("scoring/scan_memory.h", "prepare", "same", "more room than is needed", was, instead)
        for was, instead in (("1", "2"), ("2", "3"), ("4", "5"), ("8", "9"), ("/", "*"))
    ),
    Known("scoring/scan.c", "cairn_merge", "same", "nobody asks whom a cut left out", "0", "1"),
    Known("scoring/top_k.h", "nth_gain", "same", "the inner loop ends there either way", "break", "continue"),
    Known("scoring/scan.h", "NAMED", "pace", "how close a floor is found; whatever is found is one", "&&", "||"),
    Known(
        "column_generation/restricted_problem.py",
        "module",
        "pace",
        "from how many pairs on bidding again is quicker",
        "64",
    ),
    Known("column_generation/pricing_bounds.py", "module", "pace", "how many corners are tried", "40"),
    Known(
        "scoring/scan_memory.h", "prepare", "same", "where memory ends it ends for several arrays at once", "&&", "||"
    ),
    Known(
        "column_generation/price_guesses.py",
        "guessed",
        "pace",
        "which pairs the guess is made from",
        "np.repeat(lists.indptr[rows] - start[:-1], length) + np.arange(start[-1])",
    ),
    Known(
        "column_generation/pricing_bounds.py", "within_reach", "same", "the lowest is below nothing already", "0", "(1)"
    ),
    Known(
        "column_generation/pricing_bounds.py",
        "_cover",
        "pace",
        "a mentee more is looked at",
        "spare < fallen[mentors].max()",
    ),
    Known("column_generation/restricted_problem.py", "_optimum", "same", "lists always bring their ties", "0", "(1)"),
    Known("eligibility/mentee_classes.py", "module", "pace", "up to which number a table is used instead of sorting"),
    *(
        Known(
            "eligibility/mentee_classes.py", "_distinct", "pace", "where sorting begins to be quicker than a table", was
        )
        for was in (
            "highest >= min(FEW, 1024 + 8 * len(numbers))",
            "1024 + 8 * len(numbers)",
            "8 * len(numbers)",
            "1024",
            "8",
        )
    ),
    Known(
        "eligibility/mentee_classes.py", "words_for", "same", "a word of bits more than needed is zero", "64", "(63)"
    ),
    *(
        Known("eligibility/mentee_classes.py", "_joined", "pace", "how early numbers are made small again", was)
        for was in ("count * choices", "count * choices > FEW")
    ),
    Known("eligibility/mentee_classes.py", "_joined", "same", "the highest label of nobody", "0", "(-1)"),
    Known(
        "eligibility/mentee_classes.py",
        "_distinct",
        "same",
        "an entry more of the table, of which nothing is true",
        "0",
        "(1)",
    ),
    Known("eligibility/mentee_classes.py", "_distinct", "same", "a slice may reach past the end", "1", "(2)"),
    Known("scoring/native_pool.py", "module", "same", "there is room for more in a cell", "32_000", "(32001)"),
    Known("scoring/native_scorer.py", "module", "pace", "how finely passes are sliced", "4_000_000"),
    Known("scoring/native_scorer.py", "module", "pace", "how finely passes are sliced", "500_000"),
    Known(
        "scoring/native_scorer.py",
        "collect",
        "pace",
        "how much of a sample is kept; longer lists tell a lower cut",
        "-mentor_keep // SAMPLED",
    ),
    Known("scoring/native_scorer.py", "_slices", "pace", "how finely passes are sliced", "SLICE_PAIRS // mentors"),
    *BIDDING,
)


def known(mutant: Mutant, root: Path) -> Known | None:
    """What is known about a fault, if anything."""
    text = (root / mutant.path).read_text(encoding="utf-8")
    return next((one for one in KNOWN if one.means(mutant, text)), None)
