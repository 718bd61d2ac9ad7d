"""Survivors that do not show a gap in the tests, each with the reason."""

from pathlib import Path

from tests.mutants.known_bidding import BIDDING
from tests.mutants.mutant import Mutant
from tests.mutants.reason import Known

KNOWN: tuple[Known, ...] = (
    Known("assignment/certificate.c", "cairn_check", "same", "the caller passes zeros", "0", "1"),
    Known(
        "column_generation/list_lengths.py", "*", "pace", "the lengths of lists; shorter ones cost a round of pricing"
    ),
    Known("assignment/epsilon_schedule.py", "*", "pace", "the sequence of epsilons"),
    Known(
        "assignment/bipartite_graph.py",
        "subtract_offset",
        "pace",
        "values of the auction only; repair and certificate use the exact ones",
    ),
    Known(
        "assignment/bipartite_graph.py",
        "checked_edges",
        "same",
        "another number for each pair, just as distinct",
        "mentee * max(mentors, 1) + mentor",
        "(mentee * max(mentors, 1) - mentor)",
    ),
    Known(
        "assignment/bipartite_graph.py", "checked_edges", "same", "keys for rows that do not exist", "len(indptr) - 1"
    ),
    Known(
        "assignment/bipartite_graph.py",
        "build_graph",
        "same",
        "every caller has set ties",
        "edges.tie[useful] if edges.tie is not None else np.zeros(len(mentor), np.int64)",
        "(edges.tie[useful])",
    ),
    Known("assignment/bipartite_graph.py", "refuse_large", "same", "the largest value of no edges", "0"),
    Known("assignment/bipartite_graph.py", "refuse_large", "same", "values of one mentee cannot exceed the total", "1"),
    Known("assignment/augment.c", "reprice", "same", "only settled nodes are nearer, and all of them are", "&&", "||"),
    Known("scoring/select.c", "cairn_count", "same", "the caller passes zeros", "end[0] = 0;", ";"),
    Known("scoring/select.c", "cairn_count", "same", "the start of the first row is set again", "0", "1"),
    *(
        Known("scoring/scan_memory.h", "prepare", "same", "more memory than needed", was, instead)
        for was, instead in (("1", "2"), ("2", "3"), ("4", "5"), ("8", "9"), ("/", "*"))
    ),
    Known("scoring/scan.c", "cairn_merge", "same", "the partner of a cut is not read", "0", "1"),
    Known("scoring/top_k.h", "nth_gain", "same", "the inner loop ends there either way", "break", "continue"),
    Known("scoring/scan.h", "NAMED", "pace", "how tight the floor is; every result is a valid floor", "&&", "||"),
    Known(
        "column_generation/restricted_problem.py",
        "module",
        "pace",
        "the number of pairs above which bidding again is faster",
        "64",
    ),
    Known("column_generation/pricing_bounds.py", "module", "pace", "how many corners are tried", "40"),
    Known("scoring/scan_memory.h", "prepare", "same", "when one allocation fails, others fail too", "&&", "||"),
    Known(
        "column_generation/price_guesses.py",
        "guess_prices",
        "pace",
        "which pairs prices are estimated from",
        "np.repeat(lists.indptr[rows] - start[:-1], length) + np.arange(start[-1])",
    ),
    Known(
        "column_generation/pricing_bounds.py", "within_reach", "same", "the lowest is below zero already", "0", "(1)"
    ),
    Known(
        "column_generation/pricing_bounds.py",
        "_cover",
        "pace",
        "one more mentee is scored",
        "spare < fallen[mentors].max()",
    ),
    Known("column_generation/restricted_problem.py", "optimum", "same", "lists always have ties", "0", "(1)"),
    Known("eligibility/mentee_classes.py", "module", "pace", "up to which number a table replaces sorting"),
    *(
        Known(
            "eligibility/mentee_classes.py",
            "_distinct",
            "pace",
            "from which number on sorting is faster than a table",
            was,
        )
        for was in (
            "highest >= min(TABLE_SIZE, 1024 + 8 * len(numbers))",
            "1024 + 8 * len(numbers)",
            "8 * len(numbers)",
            "1024",
            "8",
        )
    ),
    Known("eligibility/mentee_classes.py", "words_for", "same", "an additional word of bits is zero", "64", "(63)"),
    *(
        Known("eligibility/mentee_classes.py", "_combined", "pace", "how early numbers are renumbered", was)
        for was in ("count * choices", "count * choices > TABLE_SIZE")
    ),
    Known("eligibility/mentee_classes.py", "_combined", "same", "the highest label of an empty array", "0", "(-1)"),
    Known(
        "eligibility/mentee_classes.py",
        "_distinct",
        "same",
        "an additional entry of the table that stays false",
        "0",
        "(1)",
    ),
    Known("eligibility/mentee_classes.py", "_distinct", "same", "a slice may reach past the end", "1", "(2)"),
    Known("scoring/native_pool.py", "module", "same", "a cell can hold more", "32_000", "(32001)"),
    Known("scoring/native_scorer.py", "module", "pace", "the size of slices", "4_000_000"),
    Known("scoring/native_scorer.py", "module", "pace", "the size of slices", "500_000"),
    Known(
        "scoring/native_scorer.py",
        "collect",
        "pace",
        "the length of sample lists; longer ones give a lower cut",
        "-mentor_keep // SAMPLED",
    ),
    Known("scoring/native_scorer.py", "_slices", "pace", "the size of slices", "SLICE_PAIRS // mentors"),
    *BIDDING,
)


def known(mutant: Mutant, root: Path) -> Known | None:
    """Return the known entry of a fault, if there is one."""
    text = (root / mutant.path).read_text(encoding="utf-8")
    return next((one for one in KNOWN if one.means(mutant, text)), None)
