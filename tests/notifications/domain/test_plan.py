"""Every kind of message has an event and a letter; every event about people and matches has a handler."""

from pathlib import Path

from services.events import matcher, profiles
from services.notifications.consumer import handlers
from services.notifications.domain import kinds
from services.notifications.domain.match import MatchEvent, MatchState, apply_event
from services.notifications.domain.person import Person, tombstone, with_contact, with_facts
from services.notifications.domain.plan import plan
from tests.notifications.matches import accepted, activated, declined, ended, expired, proposed, reminder
from tests.notifications.memory_store import NOON, PROGRAMME, changed, contact, registered

LETTERS = Path(__file__).parents[3] / "services" / "notifications" / "letters"
APPLICANT = Person(id="mentor", programme_id=PROGRAMME, facts_version=1, mentor=True)
EVERYTHING = [
    *plan(registered("mentee"), NOON),
    *plan(registered("mentor", mentor=True), NOON),
    *plan(changed("mentor", version=2), NOON, APPLICANT),
    *plan(
        profiles.SignInAsked(person_id="p", programme_id=PROGRAMME, request_id="q", expires_at=NOON),
        NOON,
    ),
    *plan(
        matcher.WaitAtRisk(
            mentee_id="mentee", programme_id=PROGRAMME, waiting_since=NOON, lane="general", cause="shortage"
        ),
        NOON,
    ),
    *(
        message
        for event in (
            proposed(),
            reminder("mentor"),
            reminder("mentee"),
            accepted(),
            activated(),
            declined("mentee"),
            expired("mentor"),
            expired("mentee"),
            ended(),
        )
        for message in plan(event, NOON)
    ),
]


def test_every_kind_but_the_last_mail_follows_from_an_event() -> None:
    assert {message.kind for message in EVERYTHING} == set(kinds.ALL) - {kinds.ERASURE_RECEIPT}


def test_every_kind_has_its_letter_and_every_letter_its_kind() -> None:
    parts = {"layout.html", "layout.text", "foot", "ground_rules"}
    assert {path.stem for path in LETTERS.glob("*.jinja")} - parts == {kind.name for kind in kinds.ALL}


def test_the_stored_facts_of_a_letter_have_no_health_codes() -> None:
    for message in EVERYTHING:
        assert set(message.facts) <= {"until", "shared", "cause"}
        assert "pregnant" not in str(message.facts)


def test_every_event_about_people_and_matches_has_a_handler() -> None:
    class NoStore:
        pass

    handled = set(handlers(NoStore()))  # type: ignore[arg-type]
    published = {
        event
        for module in (profiles, matcher)
        for event in vars(module).values()
        if isinstance(event, type) and hasattr(event, "topic") and event.__module__ == module.__name__
    }
    assert published - handled == {
        profiles.PersonPaused,
        profiles.PersonResumed,
        matcher.WeightsPublished,
        matcher.MatcherForgot,
    }


def test_a_match_never_goes_back() -> None:
    history: list[MatchEvent] = [proposed(), accepted(), activated(), ended()]
    for first in range(len(history)):
        for later in range(first, len(history)):
            known = apply_event(None, history[later])
            assert apply_event(known, history[first]).state is list(MatchState)[later]


def test_later_events_do_not_change_a_tombstone() -> None:
    gone = tombstone(None, profiles.PersonErased(person_id="mentee", programme_id=PROGRAMME, version=1))
    assert with_contact(gone, contact("mentee", version=99)) is None
    assert with_facts(gone, registered("mentee", version=99)) is None
