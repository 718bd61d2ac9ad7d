"""Continue after the last row of a page, alike on both databases."""

import sqlalchemy as sa

from services.matcher.domain.records import Position


def behind(
    order: tuple[sa.ColumnElement[object], sa.ColumnElement[object]],
    after: Position | None,
    *,
    latest_first: bool = False,
) -> sa.ColumnElement[bool]:
    """Return the condition for rows after a position in the order of (moment, id)."""
    if after is None:
        return sa.true()
    moment, row_id = order
    at, last = sa.bindparam(None, after[0], type_=moment.type), after[1]
    further = moment < at if latest_first else moment > at
    return further | ((moment == at) & ((row_id < last) if latest_first else (row_id > last)))
