"""A person's life as values: every event takes the next version, whoever left is silent until they come back."""

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


def somebody() -> Person:
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
    """Whatever a person does in whatever order, a listener that keeps only the newest knows the truth."""

    def __init__(self) -> None:
        super().__init__()
        self.person, self.told = join(somebody())

    def take(self, told: PersonAndEvents) -> None:
        self.person, events = told
        self.told += events

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
            return  # told on the way back, see below
        side = MenteeSide(facts=replace(FACTS, goals=(goal,)))
        self.take(facts_changed(replace(self.person, mentee=side)))

    @rule()
    def move(self) -> None:
        self.take(contact_changed(self.person, lambda later: f"sealed {later.version}"))

    @invariant()
    def versions_only_grow(self) -> None:
        versions = [event.version for event in self.told]  # type: ignore[attr-defined]
        assert versions == sorted(set(versions))
        assert versions[-1] <= self.person.version

    @invariant()
    def a_listener_knows_the_truth(self) -> None:
        assert heard(self.told) == (self.person.state, self.person.mentee.facts.goals if self.person.mentee else ())

    @invariant()
    def matching_without_consent_never_happens(self) -> None:
        assert (self.person.state == "left") == ("matching" not in self.person.agreed)


def heard(events: list[Event]) -> tuple[str, tuple[str, ...]]:
    """What somebody knows who hears the events in order: the state, and the goals as last told (or as they are)."""
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


def test_an_edit_while_away_is_told_on_the_way_back() -> None:
    person, _ = join(somebody())
    person, _ = answer_consent(person, "matching", False)
    side = MenteeSide(facts=replace(FACTS, goals=("social",)))
    person, silent = facts_changed(replace(person, mentee=side))
    assert [type(event) for event in silent] == [PersonLeft]
    person, (back,) = answer_consent(person, "matching", True)
    assert isinstance(back, PersonChanged)
    assert back.mentee
    assert back.mentee.goals == ("social",)


@given(st.lists(st.tuples(st.sampled_from(["matching", "messages"]), st.booleans())))
def test_the_last_word_on_a_purpose_stands(words: list[tuple[str, bool]]) -> None:
    ledger = [ConsentEntry(purpose=purpose, given=given, at=NOW) for purpose, given in words]
    expected = {purpose for purpose, given in dict(words).items() if given}
    assert standing(ledger) == expected


@given(st.lists(st.integers(0, 10**7), max_size=200))
def test_a_range_holds_most_waits_or_is_not_told(seconds: list[int]) -> None:
    found = waiting_range(seconds)
    assert found.matches == len(seconds)
    if len(seconds) < MIN_MATCHES:
        assert found.shortest is None
        return
    assert found.shortest is not None
    assert found.longest is not None
    assert found.shortest <= found.longest
    within = [wait for wait in seconds if found.shortest * 3600 <= wait <= found.longest * 3600]
    assert len(within) >= 0.8 * len(seconds)


def test_a_known_time_zone_and_no_windows_are_fine() -> None:
    assert list(availability_faults((), "America/Argentina/Buenos_Aires")) == []
