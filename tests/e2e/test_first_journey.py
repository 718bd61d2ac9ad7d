"""From sign-up to an accepted match, across three services and a broker."""

import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import pytest

from deploy.demo.client import Refused
from tests.e2e.people import Stage, eventually

pytestmark = pytest.mark.system


def test_a_mentee_signs_up_a_mentor_accepts_and_they_are_introduced(stage: Stage) -> None:
    language = stage.a_language()
    mentor = stage.mentor(language)
    mentee = stage.mentee(language)
    match = stage.match_of(mentor, "proposed")
    assert stage.client.get(f"/matcher/v1/matches/{match['id']}", token=mentee.token)["mentee_id"] == mentee.id
    why = stage.client.get(f"/matcher/v1/matches/{match['id']}/explanation", token=mentor.token)
    assert why["parts"]
    stage.post(f"/matcher/v1/matches/{match['id']}/accept", mentor)
    assert stage.mail_with(mentee, "/introductions/")
    stage.post(f"/matcher/v1/matches/{match['id']}/confirm", mentee)
    assert stage.match_of(mentor, "active")["id"] == match["id"]
    card = eventually(lambda: _card_with_contact(stage, match["id"], mentee.token))
    assert mentor.email in str(card)


def _card_with_contact(stage: Stage, match_id: str, token: str) -> object | None:
    try:
        card = stage.client.get(f"/profiles/v1/introductions/{match_id}", token=token)
    except Refused:
        return None
    return card if card.get("contact") else None


def test_the_answer_link_takes_effect_only_by_its_button(stage: Stage) -> None:
    language = stage.a_language()
    mentor = stage.mentor(language, locale="fr")
    mentee = stage.mentee(language)
    text = stage.mail_with(mentor, "/offers/")
    link = re.search(r"http://\S+/offers/\S+", text)
    assert link
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(link[0]).read().decode()
    assert 'lang="fr"' in page
    browser.open(link[0]).read()
    match = stage.match_of(mentor, "proposed")
    form = re.search(r'<form[^>]*action="([^"]*)"[^>]*>(?:(?!</form>).)*accept', page, re.DOTALL)
    assert form
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form[0]))
    target = urllib.parse.urljoin(link[0], form[1])
    browser.open(target, urllib.parse.urlencode(fields).encode()).read()
    assert stage.match_of(mentor, "accepted")["id"] == match["id"]
    assert stage.mail_with(mentee, "/introductions/")


def test_a_declined_mentee_is_offered_someone_else(stage: Stage) -> None:
    language = stage.a_language()
    mentors = [stage.mentor(language), stage.mentor(language)]
    mentee = stage.mentee(language)
    first = stage.match_of(mentee, "proposed")
    first_mentor, second_mentor = sorted(mentors, key=lambda mentor: mentor.id != first["mentor_id"])
    stage.post(f"/matcher/v1/matches/{first['id']}/decline", first_mentor, {"reason": "no_time_now"})
    second = stage.match_of(second_mentor, "proposed")
    assert second["mentee_id"] == mentee.id
    stage.post(f"/matcher/v1/matches/{second['id']}/accept", second_mentor)
    assert stage.mail_with(mentee, "/introductions/")


def test_published_weights_change_the_next_round(stage: Stage) -> None:
    language = stage.a_language()
    same_stage = stage.mentor(language, life_stages=["student"])
    same_device = stage.mentor(language, devices=[{"device_class": "aid", "since": "2024-01"}])
    answers = {
        "life_stages": [{"code": "student"}],
        "devices": [{"device_class": "aid", "stage": "considering"}],
        "situations": ["considering_device"],
    }
    _publish(stage, {"life_stage": 100, "device": 1})
    first = stage.match_of(stage.mentee(language, **answers), "proposed")
    assert first["mentor_id"] == same_stage.id
    stage.post(f"/matcher/v1/matches/{first['id']}/decline", same_stage, {"reason": "no_time_now"})
    _publish(stage, {"life_stage": 1, "device": 100})
    eventually(lambda: stage.matches_of(same_device, "proposed"))
    offered = stage.match_of(same_device, "proposed")
    stage.post(f"/matcher/v1/matches/{offered['id']}/decline", same_device, {"reason": "no_time_now"})
    second = stage.match_of(stage.mentee(language, **answers), "proposed")
    assert second["mentor_id"] == same_device.id


def _publish(stage: Stage, weights: dict[str, int]) -> None:
    current = stage.client.call("GET", "/matcher/v1/weights/current", token=stage.admin)
    criteria = {name: dict(setting) for name, setting in current.body["criteria"].items()}
    for name, weight in weights.items():
        criteria[name] = {"mode": "soft", "weight": weight}
    stage.client.call(
        "POST",
        "/matcher/v1/weights",
        body={"criteria": criteria, "reason": "needed by a test"},
        token=stage.admin,
        headers={"If-Match": current.headers["etag"]},
    )


def test_a_changed_profile_reaches_the_matcher(stage: Stage) -> None:
    spoken, learned = stage.a_language(), stage.a_language()
    mentor = stage.mentor(learned)
    mentee = stage.mentee(spoken)
    person = stage.client.call("GET", f"/profiles/v1/people/{mentee.id}", token=mentee.token)
    stage.client.call(
        "PATCH",
        f"/profiles/v1/people/{mentee.id}",
        body={"mentee": {"languages": [{"tag": learned, "level": "fluent"}]}},
        token=mentee.token,
        headers={"If-Match": person.headers["etag"]},
    )
    assert stage.match_of(mentor, "proposed")["mentee_id"] == mentee.id


def test_an_erased_person_is_gone_everywhere(stage: Stage) -> None:
    language = stage.a_language()
    mentor = stage.mentor(language)
    mentee = stage.mentee(language)
    match = stage.match_of(mentor, "proposed")
    stage.client.call("DELETE", f"/profiles/v1/people/{mentee.id}", token=mentee.token)
    eventually(lambda: not stage.matches_of(mentor, "proposed"))
    receipts = eventually(lambda: _confirmed(stage, mentee.id), description="both services confirm the erasure")
    assert {"matcher", "notifications"} <= receipts
    waiting = stage.client.get("/matcher/v1/waiting", token=stage.admin)["items"]
    assert mentee.id not in {row["mentee_id"] for row in waiting}
    with pytest.raises(Refused):
        stage.post(f"/matcher/v1/matches/{match['id']}/accept", mentor)


def _confirmed(stage: Stage, person_id: str) -> set[str] | None:
    erasure = stage.client.get(f"/profiles/v1/people/{person_id}/erasure", token=stage.admin)
    confirmed = set(erasure["confirmed_by"])
    return confirmed if len(confirmed) >= 2 else None


def test_nobody_reads_another_persons_data(stage: Stage) -> None:
    language = stage.a_language()
    mentor = stage.mentor(language)
    mentee = stage.mentee(language)
    stranger = stage.mentee(stage.a_language())
    match = stage.match_of(mentor, "proposed")
    for path in (
        f"/profiles/v1/people/{mentee.id}",
        f"/matcher/v1/matches/{match['id']}",
        f"/matcher/v1/matches/{match['id']}/explanation",
        f"/matcher/v1/mentees/{mentee.id}/why-unmatched",
        f"/profiles/v1/introductions/{match['id']}",
        f"/notifications/v1/people/{mentee.id}/preferences",
    ):
        with pytest.raises(Refused) as refused:
            stage.client.get(path, token=stranger.token)
        assert refused.value.status == 404, path
