"""Balanced assignment of a group's partitions to its members, as a pure function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.chassis.broker.protocol import TopicPartition


def assign(
    partitions: Sequence[TopicPartition],
    subscriptions: Mapping[str, frozenset[str]],
    current: Mapping[TopicPartition, str],
) -> dict[TopicPartition, str]:
    """Return, per partition with a subscriber, the member it is assigned to.

    No member has two partitions more than another member that could take one of them, and as few partitions as possible
    move: a member keeps its partitions unless the balance requires otherwise.
    """
    subscribers = {
        place: sorted(m for m, topics in subscriptions.items() if place.topic in topics) for place in partitions
    }
    owner = {place: current[place] for place in partitions if current.get(place) in subscribers[place]}
    load = dict.fromkeys(subscriptions, 0)
    for member in owner.values():
        load[member] += 1
    for place in sorted(partitions):
        if subscribers[place] and place not in owner:
            owner[place] = min(subscribers[place], key=lambda member: load[member])
            load[owner[place]] += 1
    while (move := _next_move(owner, subscribers, load)) is not None:
        place, taker = move
        load[owner[place]] -= 1
        load[taker] += 1
        owner[place] = taker
    return owner


def _next_move(
    owner: Mapping[TopicPartition, str], subscribers: Mapping[TopicPartition, Sequence[str]], load: Mapping[str, int]
) -> tuple[TopicPartition, str] | None:
    """Return a partition and the member to move it to, or None. Each move lowers the sum of squared loads."""
    for place in sorted(owner):
        taker = min(subscribers[place], key=lambda member: load[member])
        if load[owner[place]] - load[taker] > 1:
            return place, taker
    return None
