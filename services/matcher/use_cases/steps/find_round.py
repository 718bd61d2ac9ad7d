"""Find a round of a programme."""

from services.chassis.core.errors import NotFound
from services.matcher.domain.records import Round
from services.matcher.ports import Store


def find_round(store: Store, programme_id: str, round_id: str, *, lock: bool = False) -> Round:
    """Return a round, locked until the transaction ends if ``lock``.

    Raises NotFound when it is unknown or of another programme.
    """
    stored_round = store.rounds.get(round_id, lock=lock)
    if stored_round.programme_id != programme_id:
        raise NotFound("round_unknown", "There is no round with this id.")
    return stored_round
