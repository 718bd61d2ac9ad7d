"""Performance goals of the solver."""

FLOOR = 375e6  # eligible pairs a second at the bare scoring rate
# How many times faster than the best exact peer, by mentees and market.
TIMES_FASTER = {
    1_000: {"scarce": 3.0, "balanced": 3.0, "surplus": 3.0},
    5_000: {"scarce": 15.0, "balanced": 30.0, "surplus": 15.0},
    20_000: {"scarce": 40.0, "balanced": 60.0},
}
SECONDS_AND_MEGABYTES = {100_000: (4.0, 600.0), 500_000: (90.0, 2000.0)}
PLAIN_SECONDS = {5_000: 2.0}


def times_the_floor(mentees: int) -> float:
    """Return how many times the bare scoring time a run may take."""
    return 4.0 if mentees <= 20_000 else 2.5
