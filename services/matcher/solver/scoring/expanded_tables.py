"""Multiply shares into the tables: the same scores, in more rows."""

from dataclasses import replace

import numpy as np

from .score_model import ScoreModel


def multiplied(scores: ScoreModel) -> ScoreModel:
    """Return the same scores without shares: one table row for each pair of code and share."""
    if scores.mentee_share is None:
        return scores
    tables, codes = [], []
    for table, code, share in zip(scores.tables, scores.mentee_codes, scores.mentee_share, strict=True):
        pairs, index = np.unique(np.stack([code, share]), axis=1, return_inverse=True)
        tables.append(table[pairs[0]] * pairs[1][:, np.newaxis])
        codes.append(index.reshape(-1).astype(np.int32))
    width = scores.mentee_codes.shape[1]
    return replace(
        scores,
        tables=tuple(tables),
        mentee_codes=np.array(codes, np.int32).reshape(len(codes), width),
        mentee_share=None,
    )
