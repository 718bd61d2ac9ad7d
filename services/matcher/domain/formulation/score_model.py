"""The solver's values of pairs: masks, tables, codes and numbers, and no names (see ``objective``)."""

import numpy as np

from services.matcher.domain.criteria.encoding import ByBits, ByTable
from services.matcher.domain.criteria.score_scaling import most_points, shared_overlap
from services.matcher.domain.formulation.encoded_pool import EncodedPool
from services.matcher.domain.formulation.objective import bonuses, step_for
from services.matcher.domain.weights import Weights
from services.matcher.solver.arrays import I64
from services.matcher.solver.scoring import ScoreModel


def score_model(encoded_pool: EncodedPool, share_of: I64, weights: Weights) -> ScoreModel:
    """Return the values over M mentees and K capacity classes; ``share_of`` (C, M) are the mentees' thousandths."""
    unsent = encoded_pool.unsent
    places = int(encoded_pool.seats.places.sum())
    kept = sum(int(np.count_nonzero(coded.mentee_codes)) for coded in unsent)
    counted = [
        (coded, share) for share, coded in zip(share_of, encoded_pool.by_column.values(), strict=True) if share.any()
    ]
    step = step_for(kept, sum(most_points(coded, share) for coded, share in counted) + 1)
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
