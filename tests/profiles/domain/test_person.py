"""A person's changes: every event takes the next version; a person who left publishes nothing until they return."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.chassis.core.errors import Conflict
from services.chassis.messages.event import Event
from services.events.facts import MenteeFacts, Spoken
from services.events.profiles import PersonChanged, PersonLeft, PersonPaused, PersonRegistered, PersonResumed
from services.events.validation.availability import availability_faults
from services.profiles.domain.consent import ConsentEntry, standing
from services.profiles.domain.person import (
    Contact,
    MenteeSide,
    Person,
    PersonAndEvents,
    answer_consent,
    contact_changed,
    facts_changed,
    join,
    pause,
    resume,
)
from services.profiles.domain.waiting import MIN_MATCHES, waiting_range

NOW = datetime(2030, 1, 31, tzinfo=UTC)
FACTS = MenteeFacts(
    waiting_since=NOW, languages=(Spoken(tag="en", level="native"),), relation="self", diabetes_type="t1d"
)


def a_person() -> Person:
    return Person(
        id="p1",
        programme_id="cairn",
        locale="en",
        time_zone="UTC",
        contact=Contact(email="a@example.org"),
        created_at=NOW,
        agreed=frozenset({"matching"}),
        mentee=MenteeSide(facts=FACTS),
    )


class LifeOfAPerson(RuleBasedStateMachine):
    """After any sequence of changes, a consumer that keeps only the newest version has the current state."""

    def __init__(self) -> None:
        super().__init__()
        self.person, self.events = join(a_person())

    def take(self, change: PersonAndEvents) -> None:
        self.person, events = change
        self.events += events

    @rule(days=st.none() | st.integers(1, 30))
    def rest(self, days: int | None) -> None:
        try:
            self.take(pause(self.person, None if days is None else NOW + timedelta(days=days), NOW))
        except Conflict:
            assert self.person.state == "left"

    @rule()
    def come_back(self) -> None:
        try:
            self.take(resume(self.person))
        except Conflict:
            assert self.person.state == "left"

    @rule(purpose=st.sampled_from(["matching", "messages", "research"]), given=st.booleans())
    def answer(self, purpose: str, given: bool) -> None:
        self.take(answer_consent(self.person, purpose, given))

    @rule(goal=st.sampled_from(["emotional", "social"]))
    def edit(self, goal: str) -> None:
        if self.person.state == "left":
            return  # published on return, see below
        side = MenteeSide(facts=replace(FACTS, goals=(goal,)))
        self.take(facts_changed(replace(self.person, mentee=side)))

    @rule()
    def move(self) -> None:
        self.take(contact_changed(self.person, lambda later: f"sealed {later.version}"))

    @invariant()
    def versions_only_grow(self) -> None:
        versions = [event.version for event in self.events]  # type: ignore[attr-defined]
        assert versions == sorted(set(versions))
        assert versions[-1] <= self.person.version

    @invariant()
    def a_consumer_has_the_current_state(self) -> None:
        assert consumed(self.events) == (
            self.person.state,
            self.person.mentee.facts.goals if self.person.mentee else (),
        )

    @invariant()
    def matching_without_consent_never_happens(self) -> None:
        assert (self.person.state == "left") == ("matching" not in self.person.agreed)


def consumed(events: list[Event]) -> tuple[str, tuple[str, ...]]:
    """Return the state and the goals that a consumer of the events in order has."""
    state, goals = "active", FACTS.goals
    for event in events:
        match event:
            case PersonRegistered() | PersonChanged():
                state = "paused" if isinstance(event, PersonChanged) and event.paused else "active"
                goals = event.mentee.goals if event.mentee else ()
            case PersonPaused():
                state = "paused"
            case PersonResumed():
                state = "active"
            case PersonLeft():
                state = "left"
    return state, goals


TestLifeOfAPerson = LifeOfAPerson.TestCase


def test_an_edit_while_left_is_published_on_return() -> None:
    person, _ = join(a_person())
    person, _ = answer_consent(person, "matching", False)
    side = MenteeSide(facts=replace(FACTS, goals=("social",)))
    person, while_left = facts_changed(replace(person, mentee=side))
    assert [type(event) for event in while_left] == [PersonLeft]
    person, (back,) = answer_consent(person, "matching", True)
    assert isinstance(back, PersonChanged)
    assert back.mentee
    assert back.mentee.goals == ("social",)


@given(st.lists(st.tuples(st.sampled_from(["matching", "messages"]), st.booleans())))
def test_the_last_entry_of_a_purpose_is_in_force(answers: list[tuple[str, bool]]) -> None:
    ledger = [ConsentEntry(purpose=purpose, given=given, at=NOW) for purpose, given in answers]
    expected = {purpose for purpose, given in dict(answers).items() if given}
    assert standing(ledger) == expected


@given(st.lists(st.integers(0, 10**7), max_size=200))
def test_a_range_holds_most_waits_or_is_missing(seconds: list[int]) -> None:
    estimate = waiting_range(seconds)
    assert estimate.matches == len(seconds)
    if len(seconds) < MIN_MATCHES:
        assert estimate.shortest is None
        return
    assert estimate.shortest is not None
    assert estimate.longest is not None
    assert estimate.shortest <= estimate.longest
    within = [wait for wait in seconds if estimate.shortest * 3600 <= wait <= estimate.longest * 3600]
    assert len(within) >= 0.8 * len(seconds)


def test_a_known_time_zone_without_windows_is_accepted() -> None:
    assert list(availability_faults((), "America/Argentina/Buenos_Aires")) == []
