"""Save, discard and publish the draft of a programme's weights; a programme has one draft at most."""

from services.chassis.core.errors import NotFound, Stale
from services.matcher.domain.records import PublishedWeights, WeightsDraft
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.publish_weights import publish_in, read_weights


def read_draft(uow: UnitOfWork, programme_id: str) -> WeightsDraft:
    """Return the draft; raise NotFound when there is none."""
    with uow.begin(read_only=True) as store:
        return _draft(store, programme_id)


def save_draft(uow: UnitOfWork, programme_id: str, values: object, *, after: int, by: str) -> WeightsDraft:
    """Save ``values`` as the revision that follows ``after`` (0 for the first), based on the version in force.

    Missing fields stay as in that version, not as in the draft before. Raises Invalid with every fault at once, and
    Stale when another admin saved meanwhile.
    """
    with uow.begin() as store:
        in_force = store.weights.current(programme_id).weights
        draft = WeightsDraft(
            weights=read_weights(values, in_force.version + 1, base=in_force),
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
    """Delete this revision of the draft; the weights in force stay as they are."""
    with uow.begin() as store:
        _draft_at(store, programme_id, revision)
        store.weights.discard_draft(programme_id)
        store.audit("discard_weights_draft", programme_id, by=by, detail={"revision": revision})


def publish_draft(uow: UnitOfWork, programme_id: str, *, revision: int, by: str, reason: str) -> PublishedWeights:
    """Put this revision of the draft in force, and delete the draft.

    Raises Stale when the draft has changed, or when another version came into force since it was saved: saving it again
    shows the admin that version.
    """
    with uow.begin() as store:
        draft = _draft_at(store, programme_id, revision)
        published = publish_in(store, programme_id, draft.weights, after=draft.based_on, by=by, reason=reason)
        store.weights.discard_draft(programme_id)
        return published


def _draft(store: Store, programme_id: str, *, lock: bool = False) -> WeightsDraft:
    draft = store.weights.draft(programme_id, lock=lock)
    if draft is None:
        raise NotFound("draft_unknown", "There is no draft of the weights at the moment.")
    return draft


def _draft_at(store: Store, programme_id: str, revision: int) -> WeightsDraft:
    draft = _draft(store, programme_id, lock=True)
    if draft.revision != revision:
        raise _saved_meanwhile(store, programme_id)
    return draft


def _saved_meanwhile(store: Store, programme_id: str) -> Stale:
    draft = store.weights.draft(programme_id)
    return Stale(
        "changed_meanwhile",
        "The draft was changed or discarded meanwhile. Please read it, and decide again.",
        now={"revision": draft.revision if draft is not None else 0},
    )
