"""Admins approve mentors, with a reason, until their training ends."""

from services.events.profiles import PersonChanged
from tests.profiles.app_harness import Stage


def test_an_approval_is_published(stage: Stage) -> None:
    mentor = stage.mentor(approved=False)
    answer = stage.approve(mentor, cleared_for_minors=True)
    assert answer.status_code == 200
    assert (answer.json or {})["mentor"]["status"] == "approved"
    facts = stage.published(PersonChanged)[0].mentor
    assert (facts.approved, str(facts.trained_until), facts.cleared_for_minors) == (True, "2031-12-31", True)
    (row,) = stage.rows("audit")
    assert (row["action"], row["subject"], row["reason"]) == ("mentor.approved", mentor.id, "Known to us.")


def test_an_approval_is_withdrawn(stage: Stage) -> None:
    mentor = stage.mentor()
    answer = stage.approve(mentor, decision="taken_back", reason="Asked to stop.", trained_until=None)
    assert (answer.json or {})["mentor"]["status"] == "applied"
    assert not stage.published(PersonChanged)[-1].mentor.approved


def test_a_repeated_approval_publishes_nothing(stage: Stage) -> None:
    mentor = stage.mentor()
    before = len(stage.published())
    assert stage.approve(mentor).status_code == 200
    assert len(stage.published()) == before


def test_an_approval_needs_a_reason_a_mentor_and_valid_training(stage: Stage) -> None:
    mentor, mentee = stage.mentor(approved=False), stage.mentee()
    path = f"/profiles/v1/mentors/{mentor.id}/approval"
    assert stage.ask("POST", path, by=stage.admin, json={}).status_code == 422
    assert stage.approve(mentor, trained_until="2029-12-31").status_code == 422
    assert stage.approve(mentor, decision="perhaps").status_code == 422
    assert stage.approve(mentee).status_code == 409
    unknown = stage.ask("POST", "/profiles/v1/mentors/nobody/approval", by=stage.admin, json={"reason": "x"})
    assert unknown.status_code == 404
    assert stage.published(PersonChanged) == []
    assert stage.rows("audit") == []


def test_admins_list_applications_page_by_page(stage: Stage) -> None:
    applied = [stage.mentor(approved=False) for _ in range(5)]
    stage.mentor()
    stage.mentee()
    path, listed = "/profiles/v1/mentors?status=applied&limit=2", []
    cursor = ""
    for _ in range(3):
        page = stage.ask("GET", path + cursor, by=stage.admin).json or {}
        listed += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page['next']}"
    assert page["next"] is None
    assert sorted(listed) == sorted(mentor.id for mentor in applied)
    assert len(stage.ask("GET", "/profiles/v1/mentors", by=stage.admin).json["items"]) == 6  # type: ignore[index]


def test_the_list_has_no_health_facts_and_its_reads_are_recorded(stage: Stage) -> None:
    stage.mentor()
    (item,) = (stage.ask("GET", "/profiles/v1/mentors", by=stage.admin).json or {})["items"]
    assert not {"diabetes_types", "situations", "devices", "life_stages"} & set(item)
    assert stage.rows("audit")[-1]["action"] == "mentors.listed"


def test_only_admins_list_mentors(stage: Stage) -> None:
    assert stage.ask("GET", "/profiles/v1/mentors").status_code == 401
    assert stage.ask("GET", "/profiles/v1/mentors", by=stage.mentee()).status_code == 403
    assert stage.ask("GET", "/profiles/v1/mentors?cursor=x", by=stage.admin).status_code == 422
    assert stage.ask("GET", "/profiles/v1/mentors?status=x", by=stage.admin).status_code == 422
