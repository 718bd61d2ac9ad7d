"""Publish new weights, or an earlier version again."""

from collections.abc import Callable, Sequence

from services.chassis.core.errors import Invalid, Stale
from services.chassis.i18n.sentence import Sentence
from services.events.matcher import WeightsPublished
from services.matcher.domain.records import PublishedWeights
from services.matcher.domain.weights import Weights, WeightsFault, faults_in_json, weights_from_json, weights_to_json
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.save_transition import RUN_ROUND

CheckVersion = Callable[[int], None]


def publish_weights(
    uow: UnitOfWork, programme_id: str, values: object, check_version: CheckVersion, *, by: str, reason: str
) -> PublishedWeights:
    """Publish ``values`` as the next version, which the next round uses; missing fields stay as in force.

    ``check_version`` raises when the caller read another version than the one in force. Raises Invalid with every fault
    at once, and Stale when another version is published at the same moment.
    """
    with uow.begin() as store:
        in_force = _checked(store, programme_id, check_version)
        weights = parse_weights(values, in_force.version + 1, base=in_force)
        return publish_in(store, programme_id, weights, after=in_force.version, by=by, reason=reason)


def revert_weights(
    uow: UnitOfWork, programme_id: str, version: int, check_version: CheckVersion, *, by: str, reason: str
) -> PublishedWeights:
    """Publish an earlier version again, as a new version: history is never rewritten.

    ``check_version`` raises when the caller read another version than the one in force.
    """
    with uow.begin() as store:
        after = _checked(store, programme_id, check_version).version
        earlier = store.weights.version(programme_id, version)
        values = weights_to_json(earlier.weights) | {"version": after + 1}
        return publish_in(store, programme_id, parse_weights(values, after + 1), after=after, by=by, reason=reason)


def _checked(store: Store, programme_id: str, check_version: CheckVersion) -> Weights:
    in_force = store.weights.current(programme_id).weights
    check_version(in_force.version)
    return in_force


def parse_weights(values: object, version: int, *, base: Weights | None = None) -> Weights:
    """Return weights from plain values on top of ``base`` (by default the initial weights).

    Raises Invalid that names every field at fault.
    """
    weights, faults = weights_from_json(values, version=version, base=base)
    if weights is None:
        raise _invalid(faults)
    return weights


def refuse_faults(values: object) -> None:
    """Raise Invalid for faults that do not depend on the weights in force."""
    if faults := faults_in_json(values):
        raise _invalid(faults)


def _invalid(faults: Sequence[WeightsFault]) -> Invalid:
    errors = [{"field": fault.field, "message": fault.message} for fault in faults]
    return Invalid("weights_invalid", "These weights can't be used; nothing was changed.", errors=errors)


def publish_in(
    store: Store, programme_id: str, weights: Weights, *, after: int, by: str, reason: str
) -> PublishedWeights:
    """Publish valid weights in an open transaction; raise Stale when ``after`` is no longer in force."""
    published = PublishedWeights(weights=weights, published_at=store.now, by=by, reason=reason)
    if not store.weights.publish(programme_id, published, after=after):
        current = store.weights.current(programme_id).weights.version
        raise Stale(
            "changed_meanwhile",
            Sentence(
                "Version %(version)s of the weights was published meanwhile. Please read it, and decide again.",
                version=current,
            ),
            now={"version": current},
        )
    store.audit("publish_weights", programme_id, by=by, reason=reason, detail={"version": weights.version})
    store.publish(WeightsPublished(programme_id=programme_id, version=weights.version))
    store.enqueue(RUN_ROUND, programme_id)
    return published
