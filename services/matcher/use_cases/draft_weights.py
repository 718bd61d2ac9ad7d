"""Save, discard and publish the draft of a programme's weights; a programme has one draft at most."""

from services.chassis.core.errors import NotFound, Stale
from services.matcher.domain.records import PublishedWeights, WeightsDraft
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.publish_weights import CheckVersion, parse_weights, publish_in


def read_draft(uow: UnitOfWork, programme_id: str) -> WeightsDraft:
    """Return the draft; raise NotFound when there is none."""
    with uow.begin(read_only=True) as store:
        return _draft(store, programme_id)


def save_draft(
    uow: UnitOfWork, programme_id: str, values: object, check_version: CheckVersion, *, by: str
) -> WeightsDraft:
    """Save ``values`` as the next revision of the draft (1 for the first), based on the version in force.

    Missing fields stay as in that version, not as in the draft before. Where there is a draft, ``check_version`` raises
    when the caller read another revision. Raises Invalid with every fault at once, and Stale when another admin saves
    the first revision at the same moment.
    """
    with uow.begin() as store:
        before = store.weights.draft(programme_id, lock=True)
        if before is not None:
            check_version(before.revision)
        in_force = store.weights.current(programme_id).weights
        draft = WeightsDraft(
            weights=parse_weights(values, in_force.version + 1, base=in_force),
            revision=before.revision + 1 if before is not None else 1,
            based_on=in_force.version,
            by=by,
            saved_at=store.now,
        )
        if not store.weights.keep_draft(programme_id, draft):
            raise _saved_meanwhile(store, programme_id)
        store.audit("save_weights_draft", programme_id, by=by, detail={"revision": draft.revision})
        return draft


def discard_draft(uow: UnitOfWork, programme_id: str, check_version: CheckVersion, *, by: str) -> None:
    """Delete the draft; ``check_version`` raises when the caller read another revision.

    The weights in force stay as they are.
    """
    with uow.begin() as store:
        draft = _checked(store, programme_id, check_version)
        store.weights.discard_draft(programme_id)
        store.audit("discard_weights_draft", programme_id, by=by, detail={"revision": draft.revision})


def publish_draft(
    uow: UnitOfWork, programme_id: str, check_version: CheckVersion, *, by: str, reason: str
) -> PublishedWeights:
    """Put the draft in force, and delete it; ``check_version`` raises when the caller read another revision.

    Raises Stale when another version came into force since the draft was saved: saving it again shows the admin that
    version.
    """
    with uow.begin() as store:
        draft = _checked(store, programme_id, check_version)
        published = publish_in(store, programme_id, draft.weights, after=draft.based_on, by=by, reason=reason)
        store.weights.discard_draft(programme_id)
        return published


def _draft(store: Store, programme_id: str, *, lock: bool = False) -> WeightsDraft:
    draft = store.weights.draft(programme_id, lock=lock)
    if draft is None:
        raise NotFound("draft_unknown", "There is no draft of the weights at the moment.")
    return draft


def _checked(store: Store, programme_id: str, check_version: CheckVersion) -> WeightsDraft:
    draft = _draft(store, programme_id, lock=True)
    check_version(draft.revision)
    return draft


def _saved_meanwhile(store: Store, programme_id: str) -> Stale:
    draft = store.weights.draft(programme_id)
    return Stale(
        "changed_meanwhile",
        "The draft was changed or discarded meanwhile. Please read it, and decide again.",
        now={"revision": draft.revision if draft is not None else 0},
    )
