"""Who meets whom, before any words: pins first, then the kernel. Rounds and what-ifs both stand on it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from services.matcher.domain.features.ground import Ground
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.problem import Problem, build
from services.matcher.domain.features.reading import read
from services.matcher.domain.people import Pair
from services.matcher.domain.round.assign import Answer, assign
from services.matcher.domain.round.pins import settle_pins
from services.matcher.domain.round.prices import NO_PRICES, Prices, start_from
from services.matcher.domain.round.values import Snapshot
from services.matcher.domain.solve import Limits


@dataclass(frozen=True)
class Settled:
    """The pairs of a snapshot, the problem they solve (without what pins settled), and the kernel's answer."""

    snapshot: Snapshot  # people in the order of their ids
    problem: Problem
    answer: Answer
    pinned: tuple[Pair, ...]
    refused: tuple[Pair, ...]

    @property
    def mentor_of(self) -> dict[str, str]:
        """The mentor of everybody who has one, by id, pinned pairs too."""
        pool = self.problem.pool
        made = {pool.mentees[i].id: pool.mentors[j].id for i, j in enumerate(self.answer.mentor_of) if j >= 0}
        return made | dict(self.pinned)


def settle(
    snapshot: Snapshot,
    *,
    ground: Ground | None = None,
    start: Prices = NO_PRICES,
    limits: Limits | None = None,
    progress: Callable[[str, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Settled:
    """Pair the people of a snapshot.

    ``ground`` may come from an earlier settling of the same people with the same closeness tables (other weights);
    it is not used where pins change the people. ``start`` are prices of an earlier round, which make this one quicker.
    """
    ordered = in_order(snapshot)
    rest, pinned, refused = settle_pins(ordered)
    pool = Pool(rest.mentees, rest.mentors, rest.at, rest.weights)
    problem = build(read(pool, rest.blocks, None if pinned else ground))
    answer = assign(problem, start=start_from(problem, start), limits=limits, progress=progress, cancelled=cancelled)
    return Settled(ordered, problem, answer, pinned, refused)


def in_order(snapshot: Snapshot) -> Snapshot:
    """The same snapshot with people in the order of their ids; ValueError when an id stands twice."""
    for people in (snapshot.mentees, snapshot.mentors):
        ids = [one.id for one in people]
        if len(set(ids)) != len(ids):
            raise ValueError("a person stands twice in the snapshot")
    return replace(
        snapshot,
        mentees=tuple(sorted(snapshot.mentees, key=lambda one: one.id)),
        mentors=tuple(sorted(snapshot.mentors, key=lambda one: one.id)),
    )
