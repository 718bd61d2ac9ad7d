"""Nobody is dropped silently: how long, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.chassis.core.errors import NotFound
from services.chassis.i18n.translations import Words
from services.events import profiles
from services.events.matcher import WaitAtRisk
from services.matcher.bootstrap import WORDS
from services.matcher.domain.insights.wait_estimate import WaitEstimate
from services.matcher.domain.records import WaitingSpell, looks_of
from services.matcher.use_cases.accept_match import accept_match
from services.matcher.use_cases.confirm_match import confirm_match
from services.matcher.use_cases.decline_match import decline_match
from services.matcher.use_cases.engine_access.engine_queue import EngineQueue
from services.matcher.use_cases.explain_wait import WaitExplanation, explain_wait
from services.matcher.use_cases.read_figures import figures_of, read_figures
from services.matcher.use_cases.read_wait import Status, Wait, format_wait, read_waiting_time
from services.matcher.use_cases.steps.match_access import Actor
from services.matcher.use_cases.watch_promises import watch_promises
from tests.matcher.scenario import ADMIN, PROGRAMME, Scenario, person, spoken

ENGLISH = Words(WORDS).of("en")
SORRY = "You've waited longer than we promised, and we're sorry. You're now one of the first people we look for."


def why_of(scenario: Scenario, mentee: str, by: Actor | None = None) -> WaitExplanation:
    return explain_wait(scenario.database, EngineQueue(), by or person(mentee), mentee, "en")


def test_where_a_mentee_stands_at_each_step(scenario: Scenario) -> None:
    mentor, mentee = scenario.mentor(), scenario.mentee()

    def status() -> str:
        return read_waiting_time(scenario.database, person(mentee), mentee).status

    assert status() == "waiting"
    match = scenario.asked(mentee)
    assert status() == "asked"
    accept_match(scenario.database, scenario.terms, person(mentor), match.id)
    assert status() == "introduced"
    confirm_match(scenario.database, person(mentee), match.id)
    assert status() == "matched"
    other = scenario.mentee()
    scenario.receive(profiles.PersonPaused, other)
    assert read_waiting_time(scenario.database, ADMIN, other).status == "paused"


def test_the_promise_without_a_basis_and_what_others_waited_with_one(scenario: Scenario) -> None:
    scenario.mentor(capacity=10)
    for _ in range(4):
        scenario.mentee()
    scenario.forward(hours=3)
    scenario.rounds()
    last = scenario.mentee()
    before = read_waiting_time(scenario.database, person(last), last).estimate
    assert (before.basis, before.low, before.high) == ("promise", 0.0, 336.0)
    scenario.receive(profiles.PersonPaused, last)
    fifth = scenario.mentee()
    scenario.forward(hours=3)
    scenario.asked(fifth)
    newcomer = scenario.mentee()
    after = read_waiting_time(scenario.database, person(newcomer), newcomer)
    assert (after.estimate.basis, after.estimate.people) == ("similar", 5)
    assert [after.estimate.low, after.estimate.high] == pytest.approx([3, 3], abs=0.01)
    assert format_wait(after, ENGLISH) == "From now, it usually takes about 3 hours before we ask a mentor."


def others_waited(scenario: Scenario, days: int, people: int = 6) -> None:
    """People who were asked after so many days."""
    names = [scenario.mentee() for _ in range(people)]
    scenario.forward(days=days)
    scenario.mentor(capacity=people)
    scenario.rounds()
    assert all(scenario.live(name) for name in names)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "From now, it usually takes about 4 weeks before we ask a mentor."),
        (10, "From now, it usually takes about 3 weeks before we ask a mentor."),
        (20, f"{SORRY} From now, it usually takes about 10 days before we ask a mentor."),
        (90, SORRY),
    ],
)
def test_the_estimate_in_words_subtracts_the_days_already_waited(scenario: Scenario, days: int, said: str) -> None:
    others_waited(scenario, 30)
    mentee = scenario.mentee(languages=spoken("en", "cy"))
    scenario.forward(days=days)
    assert format_wait(read_waiting_time(scenario.database, person(mentee), mentee), ENGLISH) == said


def test_the_promise_shrinks_with_the_days(scenario: Scenario) -> None:
    mentee = scenario.mentee()
    scenario.forward(days=10)
    wait = read_waiting_time(scenario.database, person(mentee), mentee)
    assert (wait.estimate.low, wait.estimate.high) == (240.0, 336.0)
    assert "within 4 days" in format_wait(wait, ENGLISH)


def test_a_second_try_counts_from_the_end_of_the_first(scenario: Scenario) -> None:
    mentor, mentee = scenario.mentor(), scenario.mentee()
    others_waited(scenario, 12)
    match = scenario.live(mentee)
    assert match is not None
    scenario.forward(days=1)
    decline_match(scenario.database, person(mentor), match.id)
    ended = scenario.clock.now()
    scenario.forward(hours=5)
    estimate = read_waiting_time(scenario.database, person(mentee), mentee).estimate
    assert (estimate.since, estimate.waited, estimate.basis) == (ended, 5.0, "promise"), "first asks say nothing of it"


def test_a_second_try_is_measured_by_the_second_tries_of_others(scenario: Scenario) -> None:
    others_waited(scenario, 12, people=6)
    with scenario.database.begin(read_only=True) as store:
        asked = scenario.every_match(store)
    for match in asked:
        decline_match(scenario.database, person(match.mentor_id), match.id)
    scenario.forward(hours=3)
    scenario.mentor(capacity=5)
    scenario.rounds()
    (left,) = (match.mentee_id for match in asked if scenario.live(match.mentee_id) is None)
    scenario.receive(profiles.PersonPaused, left)
    new, again = scenario.mentee(), scenario.mentor()
    match = scenario.asked(new)
    decline_match(scenario.database, person(again), match.id)
    estimate = read_waiting_time(scenario.database, person(new), new).estimate
    assert (estimate.basis, estimate.people) == ("similar", 5)
    assert estimate.low == pytest.approx(3, abs=0.01)


@pytest.mark.parametrize(
    ("tries", "looking", "looks"),
    [
        ([], True, [(0, None)]),
        ([], False, []),
        ([(2, None)], True, [(0, 2)]),
        ([(7, 9), (2, 4)], True, [(0, 2), (4, 7), (9, None)]),
        ([(2, 4)], False, [(0, 2)]),
    ],
)
def test_a_way_is_cut_into_stretches_of_waiting(
    tries: list[tuple[int, int | None]], looking: bool, looks: list[tuple[int, int | None]]
) -> None:
    def at(hour: int | None) -> Any:
        return None if hour is None else datetime(2030, 1, 1, hour, tzinfo=UTC)

    found = looks_of(at(0), [(at(asked), at(ended)) for asked, ended in tries], looking=looking)
    assert found == tuple(WaitingSpell(at(since), at(asked)) for since, asked in looks)


@pytest.mark.parametrize("locale", ["en", "es", "fr", "ar"])
def test_an_estimate_is_a_sentence_in_every_language(locale: str) -> None:
    phrases = Words(WORDS).of(locale)
    said = {
        format_wait(a_wait(low=low, high=high, basis=basis, past=past), phrases)
        for low, high, basis, past in (
            (5.0, 60.0, "lane", False),
            (5.0, None, "similar", False),
            (5.0, 5.2, "similar", False),
            (0.0, 336.0, "promise", False),
            (400.0, None, "promise", True),
            (5.0, 60.0, "lane", True),
        )
    }
    assert len(said) == 6
    if locale == "en":
        assert "From now, it usually takes between 5 hours and 2 days before we ask a mentor." in said
    assert format_wait(a_wait(low=5.0, high=60.0, basis="lane", past=False, status="asked"), phrases) == ""


def a_wait(*, low: float, high: float | None, basis: str, past: bool, status: Status = "waiting") -> Wait:
    since = datetime(2030, 1, 1, tzinfo=UTC)
    estimate = WaitEstimate(since=since, waited=0.0, low=low, high=high, basis=basis, people=7, past=past)
    return Wait(person_id="sam", locale="en", status=status, waiting_since=since, tries=0, estimate=estimate)


def test_the_reason_is_that_of_the_last_round(scenario: Scenario) -> None:
    mentee = scenario.mentee(languages=spoken("cy"))
    assert why_of(scenario, mentee).cause == "next_round"
    scenario.mentor()
    scenario.rounds()
    why = why_of(scenario, mentee)
    assert (why.status, why.cause) == ("waiting", "never_possible")
    scenario.mentor(languages=spoken("cy"))
    scenario.asked(mentee)
    assert why_of(scenario, mentee).cause is None


def test_nobody_reads_how_another_person_waits(scenario: Scenario) -> None:
    mentee, other, mentor = scenario.mentee(), scenario.mentee(), scenario.mentor()
    for reader, who in ((other, mentee), (mentor, mentee), (mentor, mentor)):
        with pytest.raises(NotFound):
            read_waiting_time(scenario.database, person(reader), who)
        with pytest.raises(NotFound):
            why_of(scenario, who, by=person(reader))


def test_people_who_wait_are_listed_longest_first_page_by_page(scenario: Scenario) -> None:
    waiting = []
    for _ in range(5):
        waiting.append(scenario.mentee())
        scenario.forward(seconds=1)
    with scenario.database.begin(read_only=True) as store:
        first = store.waits.waiting(PROGRAMME, after=None, limit=3)
        rest = store.waits.waiting(PROGRAMME, after=(first[-1].waiting_since, first[-1].person_id), limit=3)
    assert [row.person_id for row in (*first, *rest)] == waiting


def test_the_figures_of_a_programme(scenario: Scenario) -> None:
    scenario.mentor(capacity=2)
    for _ in range(3):
        scenario.mentee()
    scenario.rounds()
    scenario.mentee()
    figures = read_figures(scenario.database, PROGRAMME, 100)
    assert figures.matches == {"proposed": 2}
    assert figures.waiting == {"capacity": 1, "next_round": 1}
    assert figures.sign_up_to_proposal.count == 2
    assert figures.sign_up_to_proposal.median == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("seconds", "median", "p90", "longest"), [([], None, None, None), ([2.0], 2, 2, 2), ([1.0, 3.0], 2, 2.8, 3)]
)
def test_figures_of_few_durations(seconds: list[float], median: float, p90: float, longest: float) -> None:
    found = figures_of(seconds)
    assert (found.median, found.p90, found.longest) == (median, p90 and pytest.approx(p90), longest)


def test_a_broken_promise_is_published_once(scenario: Scenario) -> None:
    newly = scenario.mentee(languages=spoken("cy"), situations=("newly_diagnosed",))
    usual = scenario.mentee(languages=spoken("cy"))
    scenario.rounds()
    scenario.forward(hours=71)
    assert watch_promises(scenario.database) == 0
    scenario.forward(hours=1)
    assert [watch_promises(scenario.database), watch_promises(scenario.database)] == [1, 0]
    scenario.forward(days=14)
    assert watch_promises(scenario.database) == 1
    risks = scenario.published(WaitAtRisk)
    assert [(event.mentee_id, event.lane) for event in risks] == [(newly, "newly_diagnosed"), (usual, "standard")]


def test_a_mentee_with_a_match_is_not_at_risk(scenario: Scenario) -> None:
    scenario.mentor()
    scenario.asked(scenario.mentee())
    scenario.forward(days=15)
    assert watch_promises(scenario.database) == 0
