"""How the members of a group share its partitions: a pure answer to who is to have what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.chassis.broker.protocol import TopicPartition


def share(
    partitions: Sequence[TopicPartition],
    subscriptions: Mapping[str, frozenset[str]],
    current: Mapping[TopicPartition, str],
) -> dict[TopicPartition, str]:
    """Return, per partition that somebody subscribes to, the member that is to have it.

    Nobody has two more than somebody else who could take one of them, and as few partitions as possible change hands:
    whoever has one now keeps it unless it must be given up for that.
    """
    takers = {place: sorted(m for m, topics in subscriptions.items() if place.topic in topics) for place in partitions}
    owner = {place: current[place] for place in partitions if current.get(place) in takers[place]}
    load = dict.fromkeys(subscriptions, 0)
    for member in owner.values():
        load[member] += 1
    for place in sorted(partitions):
        if takers[place] and place not in owner:
            owner[place] = min(takers[place], key=lambda member: load[member])
            load[owner[place]] += 1
    while (move := _next_move(owner, takers, load)) is not None:
        place, taker = move
        load[owner[place]] -= 1
        load[taker] += 1
        owner[place] = taker
    return owner


def _next_move(
    owner: Mapping[TopicPartition, str], takers: Mapping[TopicPartition, Sequence[str]], load: Mapping[str, int]
) -> tuple[TopicPartition, str] | None:
    """Return a partition and who is better off with it, or None. Each move lowers the sum of squared loads."""
    for place in sorted(owner):
        taker = min(takers[place], key=lambda member: load[member])
        if load[owner[place]] - load[taker] > 1:
            return place, taker
    return None
