"""The solver's values of pairs: masks, tables, codes and numbers, and no names (see ``objective``)."""

import numpy as np

from services.matcher.domain.criteria.encoding import ByBits, ByTable, EncodedCriterion
from services.matcher.domain.criteria.score_scaling import most_points, shared_overlap
from services.matcher.domain.formulation.encoded_pool import EncodedPool
from services.matcher.domain.formulation.objective import bonuses, step_for
from services.matcher.domain.formulation.unsent_proposals import unsent_proposals
from services.matcher.domain.weights import Weights
from services.matcher.solver.arrays import I64
from services.matcher.solver.scoring import ScoreModel


def step_of(encoded_pool: EncodedPool, share_of: I64) -> int:
    """Return the value of one unit of fit; ``share_of`` (C, M) are the mentees' thousandths."""
    most = sum(most_points(coded, share) for coded, share in _counted(encoded_pool, share_of))
    return step_for(unsent_proposals(encoded_pool.unsent), most + 1)


def score_model(encoded_pool: EncodedPool, share_of: I64, weights: Weights, step: int, places: int) -> ScoreModel:
    """Return the values over M mentees and K capacity classes, for up to ``places`` pairs; ``step`` is ``step_of``."""
    unsent = encoded_pool.unsent
    kept, counted = unsent_proposals(unsent), _counted(encoded_pool, share_of)
    by_table = [(coded, share * step) for coded, share in counted if isinstance(coded, ByTable)]
    tables = [coded for coded, _ in by_table] + list(unsent)
    count, columns = share_of.shape[1], len(encoded_pool.seats.mentor_rows)
    shares = [share for _, share in by_table] + [np.ones(count, np.int64) for _ in unsent]
    return ScoreModel(
        tables=tuple(coded.table for coded in tables),
        mentee_codes=np.array([coded.mentee_codes for coded in tables], dtype=np.int32).reshape(len(tables), count),
        mentor_codes=np.array([coded.mentor_codes for coded in tables], dtype=np.int32).reshape(len(tables), columns),
        overlaps=tuple(shared_overlap(coded, share * step) for coded, share in counted if isinstance(coded, ByBits)),
        mentee_bonus=bonuses(encoded_pool.waits.priorities(weights), weights.coverage, places, step, kept),
        mentor_bonus=np.zeros(columns, dtype=np.int64),
        mentee_share=np.array(shares, dtype=np.int32).reshape(len(tables), count),
        least=step * 1000 * weights.quality_floor if weights.quality_floor else None,
    )


def _counted(encoded_pool: EncodedPool, share_of: I64) -> list[tuple[EncodedCriterion, I64]]:
    """Return the criteria that count for someone, each with the mentees' thousandths (M,)."""
    return [
        (coded, share) for share, coded in zip(share_of, encoded_pool.by_column.values(), strict=True) if share.any()
    ]
