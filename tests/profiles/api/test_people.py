"""A person's record: read, change, pause and export, by the person, or by an admin with an audit row."""

from datetime import timedelta

import pytest

from services.events.profiles import ContactChanged, PersonChanged, PersonPaused, PersonResumed
from services.profiles.api.examples import MENTEE, MENTOR
from tests.profiles.app_harness import Account, Stage, mentee_body

PATHS = ["", "/export", "/consents"]


def mentee_with_every_field(stage: Stage) -> Account:
    answer = stage.ask("POST", "/profiles/v1/mentees", json=MENTEE)
    return Account(answer.json or {}, "sam@example.org")


def test_a_mentees_answers_are_read_back_unchanged(stage: Stage) -> None:
    person = stage.person(mentee_with_every_field(stage))
    for field in set(MENTEE) - {
        "preferred_name",
        "pronouns",
        "contact",
        "locale",
        "consents",
        "devices",
        "life_stages",
    }:
        assert person["mentee"][field] == MENTEE[field], field
    assert person["preferred_name"] == "Sam"
    assert person["contact"] == {"email": "sam@example.org", "phone": "+442079460018"}
    assert person["consents"] == sorted(MENTEE["consents"])


def test_a_mentors_answers_are_read_back_unchanged(stage: Stage) -> None:
    answer = stage.ask("POST", "/profiles/v1/mentors", json=MENTOR)
    person = stage.person(Account(answer.json or {}, ""))
    for field in ("relations", "diabetes_types", "life_stages", "styles", "capacity", "hours_per_month", "hopes"):
        assert person["mentor"][field] == MENTOR[field], field


@pytest.mark.parametrize("path", PATHS)
def test_foreign_and_unknown_people_get_the_same_404(stage: Stage, path: str) -> None:
    mentee, stranger = stage.mentee(), stage.mentee()
    foreign = stage.ask("GET", f"/profiles/v1/people/{mentee.id}{path}", by=stranger)
    unknown = stage.ask("GET", f"/profiles/v1/people/nobody{path}", by=stranger)
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert (foreign.json or {})["detail"] == (unknown.json or {})["detail"]
    assert stage.ask("GET", f"/profiles/v1/people/{mentee.id}{path}").status_code == 401


def test_a_person_cannot_change_another_person(stage: Stage) -> None:
    mentee, stranger = stage.mentee(), stage.mentee()
    before = stage.published()
    path = f"/profiles/v1/people/{mentee.id}"
    headers = {"If-Match": '"2"'}
    assert stage.ask("PATCH", path, by=stranger, json={"preferred_name": "X"}, headers=headers).status_code == 404
    assert stage.ask("DELETE", path, by=stranger).status_code == 404
    assert stage.ask("POST", f"{path}/pause", by=stranger, json={}).status_code == 404
    assert stage.ask("POST", f"{path}/resume", by=stranger).status_code == 404
    withdrawn = {"purpose": "matching", "given": False}
    assert stage.ask("POST", f"{path}/consents", by=stranger, json=withdrawn).status_code == 404
    assert stage.published() == before


def test_a_read_by_an_admin_is_recorded(stage: Stage) -> None:
    mentee = stage.mentee()
    assert stage.ask("GET", f"/profiles/v1/people/{mentee.id}", by=stage.admin).status_code == 200
    assert stage.ask("GET", f"/profiles/v1/people/{mentee.id}/export", by=stage.admin).status_code == 200
    stage.person(mentee)
    recorded = [(row["action"], row["subject"], row["by"]) for row in stage.rows("audit")]
    assert recorded == [
        ("person.read", mentee.id, "staff:cairn:staff-1"),
        ("person.exported", mentee.id, "staff:cairn:staff-1"),
    ]


def test_an_admins_changes_to_a_person_are_recorded(stage: Stage) -> None:
    mentee = stage.mentee()
    path = f"/profiles/v1/people/{mentee.id}"
    edit, headers = {"preferred_name": "Ada"}, {"If-Match": "*"}
    assert stage.ask("PATCH", path, by=stage.admin, json=edit, headers=headers).status_code == 200
    assert stage.ask("PATCH", path, by=stage.admin, json=edit, headers=headers).status_code == 200
    stage.ask("POST", f"{path}/pause", by=stage.admin, json={})
    stage.ask("POST", f"{path}/resume", by=stage.admin)
    stage.ask("POST", f"{path}/consents", by=stage.admin, json={"purpose": "matching", "given": False})
    actions = ["person.changed", "person.read", "person.paused", "person.resumed", "consent.answered"]
    assert [row["action"] for row in stage.rows("audit")] == actions


def test_a_change_publishes_all_current_facts(stage: Stage) -> None:
    mentee = mentee_with_every_field(stage)
    answer = stage.change(mentee, {"mentee": {"goals": ["social"], "own_words": None}})
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"3"'
    changed = stage.published(PersonChanged)
    assert [event.version for event in changed] == [3]
    assert changed[0].mentee.goals == ("social",)
    assert changed[0].mentee.topics == tuple(MENTEE["topics"])
    assert stage.person(mentee)["mentee"]["own_words"] is None
    assert len(stage.published(ContactChanged)) == 1


def test_a_new_address_is_published_only_sealed(stage: Stage) -> None:
    mentee = stage.mentee()
    stage.change(mentee, {"contact": {"email": "new@example.org"}, "preferred_name": "Ada"})
    assert stage.published(PersonChanged) == []
    contact = stage.published(ContactChanged)[-1]
    assert contact.version == 3
    assert "new@example.org" not in repr(contact)
    assert stage.person(mentee)["contact"]["email"] == "new@example.org"


def test_a_new_locale_or_time_zone_is_published_in_both_events(stage: Stage) -> None:
    mentee = stage.mentee()
    zone = {"mentee": {"availability": {"time_zone": "Africa/Cairo", "windows": []}}, "locale": "ar"}
    assert stage.change(mentee, zone).status_code == 200
    assert stage.published(PersonChanged)[-1].locale == "ar"
    assert stage.published(ContactChanged)[-1].time_zone == "Africa/Cairo"
    assert stage.published(ContactChanged)[-1].locale == "ar"


def test_a_change_without_a_version_or_with_an_old_one_is_refused(stage: Stage) -> None:
    mentee = stage.mentee()
    path = f"/profiles/v1/people/{mentee.id}"
    assert stage.ask("PATCH", path, by=mentee, json={"preferred_name": "A"}).status_code == 428
    assert stage.change(mentee, {"preferred_name": "A"}, version=2).status_code == 200
    stale = stage.change(mentee, {"preferred_name": "B"}, version=2)
    assert stale.status_code == 412
    assert stale.headers["ETag"] == '"3"'
    assert stage.person(mentee)["preferred_name"] == "A"


def test_a_change_without_effect_publishes_nothing(stage: Stage) -> None:
    mentee = stage.mentee()
    before = stage.published()
    assert stage.change(mentee, {"mentee": {"relation": "self"}}).headers["ETag"] == '"2"'
    assert stage.published() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"mentee": {"diagnosed": "2031-01"}}, "mentee.diagnosed"),
        ({"mentee": {"goals": ["x"]}}, "mentee.goals.0"),
        ({"mentee": {"relation": None}}, "mentee.relation"),
        ({"mentor": {"capacity": 2}}, "mentor"),
        ({"contact": {"phone": "12"}}, "contact.phone"),
        ({"contact": {"email": None}}, "contact.email"),
        ({"version": 7}, "version"),
        ({"mentee": {"waiting_since": "2020-01-01T00:00:00Z"}}, "mentee.waiting_since"),
    ],
)
def test_an_invalid_change_names_the_field_and_changes_nothing(
    stage: Stage, body: dict[str, object], field: str
) -> None:
    mentee = stage.mentee()
    answer = stage.change(mentee, body)
    assert answer.status_code == 422
    assert (answer.json or {})["errors"][0]["field"] == field
    assert stage.person(mentee)["version"] == 2


def test_a_person_cannot_change_to_an_address_in_use(stage: Stage) -> None:
    mentee, other = stage.mentee(), stage.mentee()
    answer = stage.change(mentee, {"contact": {"email": other.email.upper()}})
    assert answer.status_code == 409
    assert stage.person(mentee)["contact"]["email"] == mentee.email


def test_a_mentor_cannot_approve_themselves(stage: Stage) -> None:
    mentor = stage.mentor(approved=False)
    answer = stage.change(mentor, {"mentor": {"status": "approved"}})
    assert answer.status_code == 422
    assert stage.ask("POST", f"/profiles/v1/mentors/{mentor.id}/approval", by=mentor, json={}).status_code == 403


def test_an_edit_keeps_the_approval(stage: Stage) -> None:
    mentor = stage.mentor()
    assert stage.change(mentor, {"mentor": {"capacity": 3}}).status_code == 200
    facts = stage.published(PersonChanged)[-1].mentor
    assert (facts.capacity, facts.approved) == (3, True)


def test_an_ended_life_stage_does_not_block_other_edits(stage: Stage) -> None:
    mentee = stage.mentee(life_stages=[{"code": "student", "until": "2030-02-10"}])
    stage.clock.forward(timedelta(days=30))
    assert stage.change(mentee, {"preferred_name": "A"}).status_code == 200


def test_a_break_ends_by_itself(stage: Stage) -> None:
    mentee = stage.mentee()
    path = f"/profiles/v1/people/{mentee.id}"
    answer = stage.ask("POST", f"{path}/pause", by=mentee, json={"until": "2030-02-10T08:00:00+02:00"})
    assert (answer.status_code, (answer.json or {})["state"]) == (200, "paused")
    assert stage.published(PersonPaused)[0].until.isoformat() == "2030-02-10T06:00:00+00:00"
    stage.run_jobs()
    assert stage.person(mentee)["state"] == "paused"
    stage.clock.forward(timedelta(days=10))
    stage.run_jobs()
    assert stage.person(mentee)["state"] == "active"
    assert [event.version for event in stage.published(about=mentee.id)] == [1, 2, 3, 4]


def test_a_prolonged_break_ends_at_its_new_end(stage: Stage) -> None:
    mentee = stage.mentee()
    path = f"/profiles/v1/people/{mentee.id}"
    stage.ask("POST", f"{path}/pause", by=mentee, json={"until": "2030-02-05T08:00:00Z"})
    stage.ask("POST", f"{path}/pause", by=mentee, json={"until": "2030-02-20T08:00:00Z"})
    stage.clock.forward(timedelta(days=6))
    stage.run_jobs()
    assert stage.person(mentee)["state"] == "paused"
    stage.clock.forward(timedelta(days=16))
    stage.run_jobs()
    assert stage.person(mentee)["state"] == "active"


def test_a_person_ends_a_break_early(stage: Stage) -> None:
    mentee = stage.mentee()
    path = f"/profiles/v1/people/{mentee.id}"
    stage.ask("POST", f"{path}/pause", by=mentee, json={})
    assert stage.ask("POST", f"{path}/resume", by=mentee).status_code == 200
    assert stage.ask("POST", f"{path}/resume", by=mentee).status_code == 200
    assert len(stage.published(PersonResumed)) == 1


def test_a_break_cannot_end_in_the_past(stage: Stage) -> None:
    mentee = stage.mentee()
    path = f"/profiles/v1/people/{mentee.id}/pause"
    assert stage.ask("POST", path, by=mentee, json={"until": "2030-01-01T08:00:00Z"}).status_code == 409
    assert stage.ask("POST", path, by=mentee, json={"until": "2030-03-01T08:00:00"}).status_code == 422
    assert stage.published(PersonPaused) == []


def test_a_person_exports_all_their_data(stage: Stage) -> None:
    mentee = mentee_with_every_field(stage)
    stage.ask("POST", "/profiles/v1/sign-in-links", json={"email": mentee.email})
    stage.ask("GET", f"/profiles/v1/people/{mentee.id}", by=stage.admin)
    answer = stage.ask("GET", f"/profiles/v1/people/{mentee.id}/export", by=mentee)
    exported = answer.json or {}
    assert exported["person"]["mentee"]["own_words"] == MENTEE["own_words"]
    assert exported["person"]["contact"]["email"] == mentee.email
    assert {entry["purpose"] for entry in exported["consents"]} == set(MENTEE["consents"])
    assert len(exported["sign_in_links"]) == 1
    assert [entry["action"] for entry in exported["audit"]] == ["person.read"]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_an_expired_or_forged_token_opens_nothing(stage: Stage) -> None:
    mentee = stage.mentee()
    path = f"/profiles/v1/people/{mentee.id}"
    for token in ("nonsense", mentee.token[:-4] + "AAAA", "development-admin-tokeN"):
        answer = stage.ask("GET", path, by=token)
        assert answer.status_code == 401
        assert "Bearer" in answer.headers["WWW-Authenticate"]


def test_a_sign_up_with_a_bad_token_counts_as_not_signed_in(stage: Stage) -> None:
    assert stage.ask("POST", "/profiles/v1/mentees", by="nonsense", json=mentee_body()).status_code == 201
