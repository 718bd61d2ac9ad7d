"""Whichever process is killed, nothing is lost and nothing happens twice."""

import pytest

from deploy.local.layout import ROLES, SERVICES
from tests.e2e.people import Stage

pytestmark = pytest.mark.system


def test_a_sign_up_survives_a_crash_between_commit_and_publish(stage: Stage) -> None:
    language = stage.a_language()
    mentor = stage.mentor(language)
    stage.system.children["profiles-relay"].kill()
    mentee = stage.mentee(language)
    assert not stage.matches_of(mentee)
    stage.system.revive("profiles-relay")
    assert stage.match_of(mentor, "proposed")["mentee_id"] == mentee.id
    assert len([mail for mail in stage.mails_to(mentor) if "/offers/" in str(mail.get_body(("plain",)))]) <= 1


@pytest.mark.parametrize("name", [f"{service}-{role}" for service in SERVICES for role in ROLES])
def test_a_match_is_made_although_a_process_is_killed(stage: Stage, name: str) -> None:
    language = stage.a_language()
    mentor = stage.mentor(language)
    mentee = stage.mentee(language)
    stage.system.restart(name, kill=True)
    match = stage.match_of(mentor, "proposed")
    stage.post(f"/matcher/v1/matches/{match['id']}/accept", mentor)
    stage.mail_with(mentee, "/introductions/")
    introductions = [mail for mail in stage.mails_to(mentee) if "/introductions/" in mail.as_string()]
    assert len(introductions) == 1


def test_a_match_continues_after_a_restart_of_the_whole_system(stage: Stage) -> None:
    language = stage.a_language()
    mentor = stage.mentor(language)
    mentee = stage.mentee(language)
    match = stage.match_of(mentor, "proposed")
    stage.system.stop()
    stage.system.start()
    stage.post(f"/matcher/v1/matches/{match['id']}/accept", mentor)
    stage.post(f"/matcher/v1/matches/{match['id']}/confirm", mentee)
    assert stage.match_of(mentor, "active")["id"] == match["id"]
