"""A new consumer gets all people again, page by page, at their current versions."""

from services.events.profiles import ContactChanged, PersonChanged, PersonErased, PersonLeft
from services.events.requests import PeopleWanted
from services.profiles.use_cases.republish_people import republish_page
from tests.profiles.app_harness import Stage


def ask(stage: Stage, programme: str = "cairn") -> int:
    """Handle a request for all people; return how many events were published before."""
    before = len(stage.published())
    stage.handle(PeopleWanted(asked_by="matcher", programme_id=programme, request_id="r1"))
    stage.run_jobs()
    return before


def test_all_people_are_republished_at_their_current_versions(stage: Stage) -> None:
    mentee, mentor, paused, left = stage.mentee(), stage.mentor(), stage.mentee(), stage.mentee()
    stage.ask("POST", f"/profiles/v1/people/{paused.id}/pause", by=paused, json={})
    withdrawn = {"purpose": "matching", "given": False}
    stage.ask("POST", f"/profiles/v1/people/{left.id}/consents", by=left, json=withdrawn)
    erased = stage.mentee()
    stage.ask("DELETE", f"/profiles/v1/people/{erased.id}", by=erased)
    before = ask(stage)
    events = stage.published()[before:]
    by_person = {
        account.id: [event for event in events if event.person_id == account.id]
        for account in (mentee, mentor, paused, left, erased)
    }
    assert [type(event) for event in by_person[mentee.id]] == [PersonChanged, ContactChanged]
    assert by_person[mentor.id][0].mentor.approved
    assert by_person[paused.id][0].paused
    assert [type(event) for event in by_person[left.id]] == [PersonLeft, ContactChanged]
    assert [type(event) for event in by_person[erased.id]] == [PersonErased]
    for account in (mentee, mentor, paused, left):
        version = stage.person(account)["version"]
        assert {event.version for event in by_person[account.id]} == {version}


def test_republishing_continues_page_by_page_to_the_last(stage: Stage) -> None:
    people = {stage.mentee().id for _ in range(7)}
    gone = stage.mentee()
    stage.ask("DELETE", f"/profiles/v1/people/{gone.id}", by=gone)
    before = len(stage.published())
    after, pages = "", 0
    while True:
        republish_page(stage.resources, "r1", "cairn", after, page=3)
        pages += 1
        jobs = [row["key"] for row in stage.rows("jobs")]
        if len(jobs) < pages:
            break
        after = jobs[-1].removeprefix("r1:")
    events = stage.published()[before:]
    assert pages == 3
    assert {event.person_id for event in events} == people | {gone.id}
    assert len(events) == 2 * 7 + 1


def test_people_of_another_programme_are_not_republished(stage: Stage) -> None:
    stage.mentee()
    before = ask(stage, programme="another")
    assert len(stage.published()) == before
