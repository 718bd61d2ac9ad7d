"""A pool as the criteria and the rules read it: who may meet whom, and how well each pair fits."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matcher.domain.arrays import AnyArray
from services.matcher.domain.features.ground import Ground, lay_ground
from services.matcher.domain.features.pair_points import PairPoints, pair_points
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.rules import Flags, RuleBook, with_hard
from services.matcher.domain.people import Pair
from services.matcher.domain.weights import Mode

QUALITY_FLOOR = "quality_floor"


@dataclass(frozen=True)
class Reading:
    """The people of a pool, their points pair by pair, and the rules. Rows are mentees and mentors, not seats."""

    pool: Pool
    ground: Ground
    pairs: PairPoints
    book: RuleBook

    @property
    def hard(self) -> tuple[str, ...]:
        """The criteria that are conditions, in the order in which people see them."""
        return tuple(name for name in self.ground.coded if self.pool.weights.setting(name).mode == Mode.HARD)

    @property
    def words_decide(self) -> bool:
        """Whether some condition of this round does not fit into the kernel's masks, so that ``allowed`` has a say."""
        return bool(self.book.by_points or self.pool.weights.quality_floor)

    def allowed(self, mentee: npt.ArrayLike, mentor: npt.ArrayLike) -> Flags:
        """Whether pairs (rows) pass what the masks cannot say: the quality floor, and rules that points decide."""
        mentees, mentors = np.asarray(mentee), np.asarray(mentor)
        passes = np.ones(np.broadcast_shapes(mentees.shape, mentors.shape), dtype=np.bool_)
        for coded in self.book.by_points.values():
            passes &= coded.points(mentees, mentors) >= coded.hard_from
        floor = self.pool.weights.quality_floor
        return passes & (self.pairs.fit(mentees, mentors) >= floor * 1000) if floor else passes

    def broken(self, mentee: int, mentors: AnyArray) -> dict[str, Flags]:
        """For one mentee, per rule, which of the mentors (rows) break it, the quality floor last and on its own."""
        found = self.book.broken(mentee, mentors)
        fine = np.ones(len(mentors), dtype=np.bool_)
        for flags in found.values():
            fine &= ~flags
        low = fine & ~self.allowed(np.full(len(mentors), mentee), mentors)
        return found | {QUALITY_FLOOR: low} if low.any() else found

    def eligible(self, mentee: int) -> Flags:
        """Which mentors the mentee may meet, places left aside."""
        every = np.arange(len(self.pool.mentors))
        fine = np.ones(len(every), dtype=np.bool_)
        for flags in self.broken(mentee, every).values():
            fine &= ~flags
        return fine


def read(pool: Pool, blocks: frozenset[Pair] = frozenset(), ground: Ground | None = None) -> Reading:
    """Read a pool; ``ground`` may come from an earlier reading of the same people, blocks and closeness tables."""
    ready = ground or lay_ground(pool, blocks)
    hard = {name: one for name, one in ready.coded.items() if pool.weights.setting(name).mode == Mode.HARD}
    return Reading(pool, ready, pair_points(ready, pool.weights), with_hard(ready.standing, hard, ready.hard))
