"""The assignment of partitions to a group's members is complete, balanced and stable."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.broker.embedded.partition_assignment import assign
from services.chassis.broker.protocol import TopicPartition

TOPICS = ["cards", "letters", "parcels"]
PLACES = st.lists(st.builds(TopicPartition, st.sampled_from(TOPICS), st.integers(0, 5)), unique=True, max_size=14)
SUBSCRIPTIONS = st.dictionaries(st.sampled_from("abcdef"), st.frozensets(st.sampled_from(TOPICS)), max_size=5)
CURRENT = st.dictionaries(
    st.builds(TopicPartition, st.sampled_from(TOPICS), st.integers(0, 5)), st.sampled_from("abcdefgh")
)


@given(PLACES, SUBSCRIPTIONS, CURRENT)
def test_every_partition_with_a_subscriber_goes_to_a_subscriber(
    places: list[TopicPartition], subscriptions: dict[str, frozenset[str]], current: dict[TopicPartition, str]
) -> None:
    owner = assign(places, subscriptions, current)
    assert owner.keys() == {place for place in places if any(place.topic in t for t in subscriptions.values())}
    assert all(place.topic in subscriptions[member] for place, member in owner.items())


@given(PLACES, SUBSCRIPTIONS, CURRENT)
def test_no_member_has_two_more_than_another_that_could_take_one(
    places: list[TopicPartition], subscriptions: dict[str, frozenset[str]], current: dict[TopicPartition, str]
) -> None:
    owner = assign(places, subscriptions, current)
    load = {member: list(owner.values()).count(member) for member in subscriptions}
    for place, member in owner.items():
        assert all(load[member] - load[o] <= 1 for o, topics in subscriptions.items() if place.topic in topics)


@given(PLACES, SUBSCRIPTIONS, CURRENT)
def test_a_balanced_assignment_stays_as_it_is(
    places: list[TopicPartition], subscriptions: dict[str, frozenset[str]], current: dict[TopicPartition, str]
) -> None:
    once = assign(places, subscriptions, current)
    assert assign(places, subscriptions, once) == once


def test_a_new_member_takes_only_its_share() -> None:
    places = [TopicPartition("letters", number) for number in range(4)]
    before = assign(places, {"a": frozenset({"letters"})}, {})
    after = assign(places, {"a": frozenset({"letters"}), "b": frozenset({"letters"})}, before)
    assert sum(before[place] != after[place] for place in places) == 2
