"""Topics: every event has one, and personal facts stay at most a week."""

from services.events import catalogue, topics


def test_every_event_goes_to_a_topic_that_exists() -> None:
    assert {event.topic for event in catalogue.ALL} <= set(topics.ALL)
    assert {spec.name for spec in topics.specs()} == set(topics.ALL)


def test_personal_facts_stay_at_most_seven_days() -> None:
    week = 7 * 24 * 3600 * 1000
    assert all(spec.retention_ms <= week for spec in topics.specs())


def test_event_types_are_unique() -> None:
    assert len(catalogue.BY_TYPE) == len(catalogue.ALL)
