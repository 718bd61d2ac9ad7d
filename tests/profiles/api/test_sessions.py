"""Sessions are renewed, listed and ended; what has ended opens nothing, in this service and in the others."""

from datetime import timedelta
from typing import Any

from services.events.profiles import SessionsEnded
from tests.profiles.app_harness import Account, Stage

SESSIONS = "/profiles/v1/sessions"


def renew(stage: Stage, refresh_token: str) -> Any:
    return stage.ask("POST", "/profiles/v1/session-renewals", json={"refresh_token": refresh_token})


def opens(stage: Stage, account: Account, token: str) -> int:
    return stage.ask("GET", f"/profiles/v1/people/{account.id}", by=token).status_code


def test_a_renewal_gives_new_tokens_for_the_same_session(stage: Stage) -> None:
    mentee = stage.mentee()
    stage.clock.forward(timedelta(minutes=16))
    assert opens(stage, mentee, mentee.token) == 401
    renewed = renew(stage, mentee.answer["refresh_token"])
    assert renewed.status_code == 200
    assert renewed.json["refresh_token"] != mentee.answer["refresh_token"]
    assert opens(stage, mentee, renewed.json["access_token"]) == 200
    assert len(stage.rows("sessions")) == 1


def test_a_lost_answer_may_be_asked_for_again_within_a_minute(stage: Stage) -> None:
    first = stage.mentee().answer["refresh_token"]
    lost = renew(stage, first).json["refresh_token"]
    stage.clock.forward(timedelta(seconds=59))
    again = renew(stage, first)
    assert again.status_code == 200
    assert renew(stage, lost).status_code == 401
    assert renew(stage, again.json["refresh_token"]).status_code == 200


def test_an_old_refresh_token_in_other_hands_ends_the_session(stage: Stage) -> None:
    mentee = stage.mentee()
    stolen = mentee.answer["refresh_token"]
    current = renew(stage, stolen).json
    stage.clock.forward(timedelta(minutes=2))
    assert renew(stage, stolen).status_code == 401
    assert renew(stage, current["refresh_token"]).status_code == 401
    assert opens(stage, mentee, current["access_token"]) == 401
    (ended,) = stage.published(SessionsEnded)
    assert (ended.subject_id, list(ended.session_ids)) == (mentee.id, [stage.rows("sessions")[0]["id"]])


def test_wrong_foreign_ended_and_expired_refresh_tokens_look_alike(stage: Stage) -> None:
    mentee, other = stage.mentee(), stage.mentee()
    real = mentee.answer["refresh_token"]
    session_id, secret = real.removeprefix("session_").split(".")
    other_id = other.answer["refresh_token"].removeprefix("session_").split(".")[0]
    pairs = [(session_id, secret[:-1]), (other_id, secret), ("nothing", secret)]
    answers = [renew(stage, text) for text in ("x", ".", *(f"session_{one}.{other}" for one, other in pairs))]
    stage.clock.forward(timedelta(days=31))
    answers.append(renew(stage, real))
    assert {(answer.status_code, answer.json["code"], answer.json["detail"]) for answer in answers} == {
        (401, "session_over", "This session has ended. Please sign in again.")
    }
    assert all(answer.headers["WWW-Authenticate"] for answer in answers)


def test_no_secret_is_stored(stage: Stage) -> None:
    secret = stage.mentee().answer["refresh_token"].split(".")[1]
    assert secret not in repr(stage.rows("sessions"))


def sign_in_again(stage: Stage, account: Account) -> str:
    """Open a second session of a person; return its access token."""
    from services.profiles.use_cases.sessions import open_session

    with stage.resources.begin() as store:
        person = store.people.get(account.id)
        assert person is not None
        return open_session(stage.resources, store, person).access_token


def test_a_person_sees_their_open_sessions_and_which_one_they_use(stage: Stage) -> None:
    mentee = stage.mentee()
    stage.mentee()
    stage.clock.forward(timedelta(minutes=1))
    second = sign_in_again(stage, mentee)
    listed = (stage.ask("GET", SESSIONS, by=second).json or {})["items"]
    assert [(item["client"], item["current"]) for item in listed] == [("api", True), ("api", False)]


def test_signing_out_here_ends_this_session_only(stage: Stage) -> None:
    mentee = stage.mentee()
    second = sign_in_again(stage, mentee)
    assert stage.ask("DELETE", f"{SESSIONS}/current", by=mentee).status_code == 204
    assert opens(stage, mentee, mentee.token) == 401
    assert renew(stage, mentee.answer["refresh_token"]).status_code == 401
    assert opens(stage, mentee, second) == 200


def test_signing_out_everywhere_ends_all(stage: Stage) -> None:
    mentee, other = stage.mentee(), stage.mentee()
    second = sign_in_again(stage, mentee)
    assert stage.ask("DELETE", SESSIONS, by=mentee).status_code == 204
    assert [opens(stage, mentee, token) for token in (mentee.token, second)] == [401, 401]
    assert opens(stage, other, other.token) == 200
    (ended,) = stage.published(SessionsEnded)
    assert len(ended.session_ids) == 2


def test_one_of_several_sessions_is_ended_by_its_id_and_a_foreign_one_is_not(stage: Stage) -> None:
    mentee, other = stage.mentee(), stage.mentee()
    second = sign_in_again(stage, mentee)
    first_id = next(row["id"] for row in stage.rows("sessions") if row["id"] in mentee.answer["refresh_token"])
    assert stage.ask("DELETE", f"{SESSIONS}/{first_id}", by=other).status_code == 404
    assert stage.ask("DELETE", f"{SESSIONS}/{first_id}", by=second).status_code == 204
    assert stage.ask("DELETE", f"{SESSIONS}/{first_id}", by=second).status_code == 404
    assert opens(stage, mentee, mentee.token) == 401


def test_erasure_ends_the_sessions(stage: Stage) -> None:
    mentee = stage.mentee()
    second = sign_in_again(stage, mentee)
    assert stage.ask("DELETE", f"/profiles/v1/people/{mentee.id}", by=mentee).status_code == 202
    assert [opens(stage, mentee, token) for token in (mentee.token, second)] == [401, 401]
    assert len(stage.published(SessionsEnded, about=mentee.id)[0].session_ids) == 2
    assert stage.rows("sessions") == []


def test_sessions_that_ended_long_ago_are_deleted(stage: Stage) -> None:
    from services.profiles.schedule import ticks

    mentee = stage.mentee()
    stage.mentee()
    stage.ask("DELETE", SESSIONS, by=mentee)
    tick = next(tick for tick in ticks(stage.resources) if tick.name == "forget_old_sessions")
    tick.run()
    assert len(stage.rows("sessions")) == 2
    stage.clock.forward(timedelta(days=31))
    tick.run()
    assert len(stage.rows("sessions")) == 1
