"""Weights in the making: one draft per programme, saved, discarded, and published when an admin has decided."""

from services.chassis.core.errors import NotFound, Stale
from services.matcher.domain.records import PublishedWeights, WeightsDraft
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.publish_weights import publish_in, read_weights


def read_draft(uow: UnitOfWork, programme_id: str) -> WeightsDraft:
    """The draft; raises NotFound when there is none."""
    with uow.begin(read_only=True) as store:
        return _draft(store, programme_id)


def save_draft(uow: UnitOfWork, programme_id: str, told: object, *, after: int, by: str) -> WeightsDraft:
    """Save what an admin wrote as the revision that follows ``after`` (0 for the first), on the version in force.

    What they left out stays as in that version, whatever the draft before said. Raises Invalid with every fault at
    once, and Stale when another admin saved meanwhile.
    """
    with uow.begin() as store:
        in_force = store.weights.current(programme_id).weights
        draft = WeightsDraft(
            weights=read_weights(told, in_force.version + 1, base=in_force),
            revision=after + 1,
            based_on=in_force.version,
            by=by,
            saved_at=store.now,
        )
        if not store.weights.keep_draft(programme_id, draft):
            raise _saved_meanwhile(store, programme_id)
        store.audit("save_weights_draft", programme_id, by=by, detail={"revision": draft.revision})
        return draft


def discard_draft(uow: UnitOfWork, programme_id: str, *, revision: int, by: str) -> None:
    """Throw this revision of the draft away; the weights in force stay as they are."""
    with uow.begin() as store:
        _decided_on(store, programme_id, revision)
        store.weights.discard_draft(programme_id)
        store.audit("discard_weights_draft", programme_id, by=by, detail={"revision": revision})


def publish_draft(uow: UnitOfWork, programme_id: str, *, revision: int, by: str, reason: str) -> PublishedWeights:
    """Put this revision of the draft in force; the draft is used up.

    Raises Stale when the draft has changed, or when another version came into force since it was saved: whoever saves
    it again has seen that version.
    """
    with uow.begin() as store:
        draft = _decided_on(store, programme_id, revision)
        published = publish_in(store, programme_id, draft.weights, after=draft.based_on, by=by, reason=reason)
        store.weights.discard_draft(programme_id)
        return published


def _draft(store: Store, programme_id: str, *, lock: bool = False) -> WeightsDraft:
    found = store.weights.draft(programme_id, lock=lock)
    if found is None:
        raise NotFound("draft_unknown", "There is no draft of the weights at the moment.")
    return found


def _decided_on(store: Store, programme_id: str, revision: int) -> WeightsDraft:
    draft = _draft(store, programme_id, lock=True)
    if draft.revision != revision:
        raise _saved_meanwhile(store, programme_id)
    return draft


def _saved_meanwhile(store: Store, programme_id: str) -> Stale:
    found = store.weights.draft(programme_id)
    return Stale(
        "changed_meanwhile",
        "The draft was changed or discarded meanwhile. Please read it, and decide again.",
        now={"revision": found.revision if found is not None else 0},
    )
