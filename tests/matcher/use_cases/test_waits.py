"""Nobody is dropped silently: how long, and why."""

from __future__ import annotations

import pytest

from services.chassis.errors import NotFound
from services.chassis.words import Words
from services.events import profiles
from services.events.matcher import WaitAtRisk
from services.matcher.bootstrap import WORDS
from services.matcher.domain.insights.waiting import WaitEstimate
from services.matcher.use_cases.accept_match import accept_match
from services.matcher.use_cases.actor import Actor
from services.matcher.use_cases.confirm_match import confirm_match
from services.matcher.use_cases.desk import Desk
from services.matcher.use_cases.tell_figures import figures_of, tell_figures
from services.matcher.use_cases.tell_wait import say_wait, tell_wait
from services.matcher.use_cases.tell_why import Why, tell_why
from services.matcher.use_cases.watch_promises import watch_promises
from tests.matcher.world import ADMIN, PROGRAMME, World, person, spoken


def why_of(world: World, mentee: str, by: Actor | None = None) -> Why:
    return tell_why(world.house, Desk(), by or person(mentee), mentee, "en")


def test_where_a_mentee_stands_at_each_step(world: World) -> None:
    mentor, mentee = world.mentor(), world.mentee()

    def status() -> str:
        return tell_wait(world.house, person(mentee), mentee).status

    assert status() == "waiting"
    match = world.asked(mentee)
    assert status() == "asked"
    accept_match(world.house, world.terms, person(mentor), match.id)
    assert status() == "introduced"
    confirm_match(world.house, person(mentee), match.id)
    assert status() == "matched"
    other = world.mentee()
    world.hear(profiles.PersonPaused, other)
    assert tell_wait(world.house, ADMIN, other).status == "paused"


def test_the_promise_without_a_basis_and_what_others_waited_with_one(world: World) -> None:
    world.mentor(capacity=10)
    for _ in range(4):
        world.mentee()
    world.forward(hours=3)
    world.rounds()
    last = world.mentee()
    before = tell_wait(world.house, person(last), last).estimate
    assert (before.basis, before.low, before.high) == ("promise", 0.0, 336.0)
    world.asked(world.mentee())
    after = tell_wait(world.house, person(last), last).estimate
    assert (after.basis, after.people) == ("similar", 5)
    assert [after.low, after.high] == pytest.approx([3, 3], abs=0.01)


@pytest.mark.parametrize("locale", ["en", "es", "fr", "ar"])
def test_an_estimate_is_a_sentence_in_every_language(locale: str) -> None:
    phrases = Words(WORDS).of(locale)
    said = {
        say_wait(WaitEstimate(low=low, high=high, basis=basis, people=7), phrases)
        for low, high, basis in ((5.0, 60.0, "lane"), (5.0, None, "similar"), (0.0, 336.0, "promise"))
    }
    assert len(said) == 3
    if locale == "en":
        assert "It usually takes between 5 hours and 2 days until a mentor is asked." in said


def test_the_reason_is_that_of_the_last_round(world: World) -> None:
    mentee = world.mentee(languages=spoken("cy"))
    assert why_of(world, mentee).cause == "next_round"
    world.mentor()
    world.rounds()
    why = why_of(world, mentee)
    assert (why.status, why.cause) == ("waiting", "never_possible")
    world.mentor(languages=spoken("cy"))
    world.asked(mentee)
    assert why_of(world, mentee).cause is None


def test_nobody_reads_how_another_person_waits(world: World) -> None:
    mentee, other, mentor = world.mentee(), world.mentee(), world.mentor()
    for reader, who in ((other, mentee), (mentor, mentee), (mentor, mentor)):
        with pytest.raises(NotFound):
            tell_wait(world.house, person(reader), who)
        with pytest.raises(NotFound):
            why_of(world, who, by=person(reader))


def test_everybody_who_waits_is_listed_longest_first_page_by_page(world: World) -> None:
    waiting = []
    for _ in range(5):
        waiting.append(world.mentee())
        world.forward(seconds=1)
    with world.house.begin(read_only=True) as store:
        first = store.waits.waiting(PROGRAMME, after=None, limit=3)
        rest = store.waits.waiting(PROGRAMME, after=(first[-1].waiting_since, first[-1].person_id), limit=3)
    assert [row.person_id for row in (*first, *rest)] == waiting


def test_the_figures_of_a_programme(world: World) -> None:
    world.mentor(capacity=2)
    for _ in range(3):
        world.mentee()
    world.rounds()
    world.mentee()
    figures = tell_figures(world.house, PROGRAMME, 100)
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


def test_a_promise_that_ran_out_is_told_once(world: World) -> None:
    newly = world.mentee(languages=spoken("cy"), situations=("newly_diagnosed",))
    usual = world.mentee(languages=spoken("cy"))
    world.rounds()
    world.forward(hours=71)
    assert watch_promises(world.house) == 0
    world.forward(hours=1)
    assert [watch_promises(world.house), watch_promises(world.house)] == [1, 0]
    world.forward(days=14)
    assert watch_promises(world.house) == 1
    risks = world.told(WaitAtRisk)
    assert [(event.mentee_id, event.lane) for event in risks] == [(newly, "newly_diagnosed"), (usual, "standard")]


def test_whoever_has_a_match_is_not_at_risk(world: World) -> None:
    world.mentor()
    world.asked(world.mentee())
    world.forward(days=15)
    assert watch_promises(world.house) == 0
