"""Put new weights in force, or take an earlier version back."""

from collections.abc import Sequence

from services.chassis.core.errors import Invalid, Stale
from services.events.matcher import WeightsPublished
from services.matcher.domain.records import PublishedWeights
from services.matcher.domain.weights import Fault, Weights, faults_in_json, weights_from_json, weights_to_json
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.save_transition import RUN_ROUND


def publish_weights(
    uow: UnitOfWork, programme_id: str, told: object, *, after: int, by: str, reason: str
) -> PublishedWeights:
    """Publish what an admin wrote as the version that follows ``after``; the next round uses it.

    What they left out stays as in the version in force. Raises Invalid with every fault at once, and Stale when another
    version was published meanwhile.
    """
    with uow.begin() as store:
        in_force = store.weights.current(programme_id).weights
        weights = read_weights(told, after + 1, base=in_force)
        return publish_in(store, programme_id, weights, after=after, by=by, reason=reason)


def revert_weights(
    uow: UnitOfWork, programme_id: str, version: int, *, after: int, by: str, reason: str
) -> PublishedWeights:
    """Publish an earlier version again, as a new version: history is never rewritten."""
    with uow.begin() as store:
        earlier = store.weights.version(programme_id, version)
        told = weights_to_json(earlier.weights) | {"version": after + 1}
        return publish_in(store, programme_id, read_weights(told, after + 1), after=after, by=by, reason=reason)


def read_weights(told: object, version: int, *, base: Weights | None = None) -> Weights:
    """Weights from plain values, laid over ``base`` (the defaults unless given).

    Raises Invalid that names every field at fault.
    """
    weights, faults = weights_from_json(told, version=version, base=base)
    if weights is None:
        raise _invalid(faults)
    return weights


def refuse_faults(told: object) -> None:
    """Raise Invalid for what is wrong whatever the weights in force are."""
    if faults := faults_in_json(told):
        raise _invalid(faults)


def _invalid(faults: Sequence[Fault]) -> Invalid:
    errors = [{"field": fault.field, "message": fault.message} for fault in faults]
    return Invalid("weights_invalid", "These weights cannot be used; nothing was changed.", errors=errors)


def publish_in(
    store: Store, programme_id: str, weights: Weights, *, after: int, by: str, reason: str
) -> PublishedWeights:
    """Publish valid weights in an open transaction; raises Stale when ``after`` is not in force any more."""
    published = PublishedWeights(weights=weights, published_at=store.now, by=by, reason=reason)
    if not store.weights.publish(programme_id, published, after=after):
        current = store.weights.current(programme_id).weights.version
        raise Stale(
            "changed_meanwhile",
            f"Version {current} of the weights was published meanwhile. Please read it, and decide again.",
            now={"version": current},
        )
    store.audit("publish_weights", programme_id, by=by, reason=reason, detail={"version": weights.version})
    store.publish(WeightsPublished(programme_id=programme_id, version=weights.version))
    store.enqueue(RUN_ROUND, programme_id)
    return published
