"""The effect of recruits, compared with rounds that are solved again with them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.matcher.domain.insights.recruitment import STEPS, Gaps, Kind, Point, gaps, kind_wanted, ordinary
from services.matcher.domain.round import Snapshot, solve_pool
from tests.matcher.domain.insights.random_pools import a_random_pool
from tests.support.people import a_mentee, a_snapshot

PLACES, CANDIDATES = 2, 6


def check_by_solving_again(pool: Snapshot, found: Gaps) -> None:
    """Compare every number of every recruit with a new solve; recruits join one after the other."""
    joined, named = pool, set[Kind]()
    for recruit in found.recruits:
        current = solve_pool(joined)
        kinds = Counter(kind_wanted(mentee, joined) for mentee in joined.mentees if mentee.id not in current.mentor_of)
        assert recruit.waiting == kinds[recruit.kind]
        assert recruit.curve == curve_of(joined, recruit.kind, STEPS)
        if len(kinds) <= CANDIDATES:
            best = max(curve_of(joined, kind, STEPS[:1])[0].more_matched for kind in kinds.keys() - named)
            assert recruit.more_matched == best
        joined, named = with_recruits(joined, recruit.kind, 1), named | {recruit.kind}
    for recruit in found.for_conditions:
        assert recruit.curve == curve_of(pool, recruit.kind, STEPS)


def curve_of(pool: Snapshot, kind: Kind, steps: Sequence[int]) -> tuple[Point, ...]:
    matched = len(solve_pool(pool).mentor_of)
    return tuple(Point(n, len(solve_pool(with_recruits(pool, kind, n)).mentor_of) - matched) for n in steps)


def with_recruits(pool: Snapshot, kind: Kind, count: int) -> Snapshot:
    known = len(pool.mentors)
    new = (ordinary(kind, pool, PLACES, known + number) for number in range(count))
    return replace(pool, mentors=(*pool.mentors, *new))


@pytest.mark.parametrize("seed", range(40))
def test_every_effect_is_that_of_solving_again(seed: int) -> None:
    pool = a_random_pool(seed)
    check_by_solving_again(pool, gaps(pool, places=PLACES, candidates=CANDIDATES))


def test_recruits_for_a_pool_without_any_mentor_or_free_place() -> None:
    mentees = [a_mentee(f"e{n}", minor=n < 2) for n in range(5)]
    pool = a_snapshot(mentees, [])
    found = gaps(pool, places=PLACES, candidates=CANDIDATES)
    assert [recruit.more_matched for recruit in found.recruits] == [2, 2]
    check_by_solving_again(pool, found)


def test_an_empty_pool_has_no_gaps() -> None:
    assert gaps(a_snapshot([], [])) == Gaps(recruits=(), for_conditions=(), idle=())
