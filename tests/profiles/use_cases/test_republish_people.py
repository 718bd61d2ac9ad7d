"""A new consumer hears of everybody again, page by page, at the versions that hold."""

from services.events.profiles import ContactChanged, PersonChanged, PersonErased, PersonLeft
from services.events.requests import PeopleWanted
from services.profiles.use_cases.republish_people import republish_page
from tests.profiles.app_harness import Stage


def ask(stage: Stage, programme: str = "cairn") -> int:
    """Ask to hear everybody; return how many events there were before."""
    before = len(stage.told())
    stage.hear(PeopleWanted(asked_by="matcher", programme_id=programme, request_id="r1"))
    stage.work()
    return before


def test_everybody_is_told_as_they_are_now(stage: Stage) -> None:
    mentee, mentor, paused, left = stage.mentee(), stage.mentor(), stage.mentee(), stage.mentee()
    stage.ask("POST", f"/profiles/v1/people/{paused.id}/pause", by=paused, json={})
    withdrawn = {"purpose": "matching", "given": False}
    stage.ask("POST", f"/profiles/v1/people/{left.id}/consents", by=left, json=withdrawn)
    erased = stage.mentee()
    stage.ask("DELETE", f"/profiles/v1/people/{erased.id}", by=erased)
    before = ask(stage)
    told = stage.told()[before:]
    by_person = {
        somebody.id: [event for event in told if event.person_id == somebody.id]
        for somebody in (mentee, mentor, paused, left, erased)
    }
    assert [type(event) for event in by_person[mentee.id]] == [PersonChanged, ContactChanged]
    assert by_person[mentor.id][0].mentor.approved
    assert by_person[paused.id][0].paused
    assert [type(event) for event in by_person[left.id]] == [PersonLeft, ContactChanged]
    assert [type(event) for event in by_person[erased.id]] == [PersonErased]
    for somebody in (mentee, mentor, paused, left):
        version = stage.person(somebody)["version"]
        assert {event.version for event in by_person[somebody.id]} == {version}


def test_pages_follow_each_other_to_the_last(stage: Stage) -> None:
    everybody = {stage.mentee().id for _ in range(7)}
    gone = stage.mentee()
    stage.ask("DELETE", f"/profiles/v1/people/{gone.id}", by=gone)
    before = len(stage.told())
    after, pages = "", 0
    while True:
        republish_page(stage.resources, "r1", "cairn", after, page=3)
        pages += 1
        jobs = [row["key"] for row in stage.rows("jobs")]
        if len(jobs) < pages:
            break
        after = jobs[-1].removeprefix("r1:")
    told = stage.told()[before:]
    assert pages == 3
    assert {event.person_id for event in told} == everybody | {gone.id}
    assert len(told) == 2 * 7 + 1


def test_nobody_of_another_programme_is_told(stage: Stage) -> None:
    stage.mentee()
    before = ask(stage, programme="another")
    assert len(stage.told()) == before
