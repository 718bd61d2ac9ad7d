"""The introduction page: opened from a mail, it changes nothing and shows no contact."""

import re
from datetime import timedelta
from typing import Any

from services.events.matcher import MatchAccepted, MatchActivated, MatchEnded, Reason
from tests.profiles.app_harness import Account, Stage


def introduced(
    stage: Stage, *, also_clinician: bool = False, criterion: str = "life_stage", **mentee: object
) -> tuple[Account, Account, str]:
    """Return the two people of an accepted match, and the link in the mentee's mail."""
    asker = stage.mentee(**mentee)
    mentor = stage.mentor(
        preferred_name="Kim <b>",
        own_words="I remember & smile.",
        contact={"email": "kim@example.org"},
        also_clinician=also_clinician,
    )
    ids = {"match_id": "m1", "programme_id": "cairn", "mentee_id": asker.id, "mentor_id": mentor.id}
    confirm_by = stage.clock.now() + timedelta(hours=72)
    reasons = (Reason(criterion=criterion, band="strong", codes=("student",)),)
    stage.handle(MatchAccepted(**ids, confirm_by=confirm_by, reasons=reasons))
    return asker, mentor, stage.link("introduction", "m1", asker.id, confirm_by)


def card(stage: Stage, by: Account) -> dict[str, Any]:
    """Return the introduction as the API answers it to a signed-in person."""
    answer: dict[str, Any] | None = stage.ask("GET", "/profiles/v1/introductions/m1", by=by).json
    assert answer is not None
    return answer


def test_the_page_shows_the_mentor_without_contact(stage: Stage) -> None:
    _, _, link = introduced(stage)
    page = stage.ask("GET", f"/introductions/{link}")
    assert page.status_code == 200
    assert "Kim &lt;b&gt;" in page.text
    assert "I remember &amp; smile." in page.text
    assert "Studying" in page.text
    assert "kim@example.org" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_a_mentor_who_works_in_health_care_is_introduced_as_a_peer(stage: Stage) -> None:
    asker, mentor, link = introduced(stage, also_clinician=True)
    page = stage.ask("GET", f"/introductions/{link}?lang=en")
    assert "Here they talk with you as a peer, from their own experience, and not as your doctor" in page.text
    assert "حديث نظير لنظيره" in stage.ask("GET", f"/introductions/{link}?lang=ar").text
    assert card(stage, asker)["boundary"].startswith("Your mentor also works in health care.")
    assert card(stage, mentor)["boundary"] is None, "the mentor needs no such note"


def test_another_mentor_is_introduced_without_that_note(stage: Stage) -> None:
    asker, _, link = introduced(stage)
    assert "health care. Here" not in stage.ask("GET", f"/introductions/{link}?lang=en").text
    assert card(stage, asker)["boundary"] is None


def test_a_reason_without_a_label_is_left_out(stage: Stage) -> None:
    asker, _, link = introduced(stage, criterion="years_ahead")
    page = stage.ask("GET", f"/introductions/{link}?lang=en")
    assert page.status_code == 200
    assert "years ahead" not in page.text.casefold()
    assert "Why you two" not in page.text
    assert card(stage, asker)["reasons"] == []


def test_two_buttons_post_to_the_matcher(stage: Stage) -> None:
    _, _, link = introduced(stage)
    page = stage.ask("GET", f"/introductions/{link}")
    forms = re.findall(r'<form method="post" action="([^"]+)">', page.text)
    assert forms == [f"/matches/{link}/confirm", f"/matches/{link}/decline"]
    nonces = set(re.findall(r'name="nonce" value="([^"]+)"', page.text))
    assert len(nonces) == 1
    assert f"nonce={nonces.pop()}" in page.headers["Set-Cookie"]


def test_opening_the_page_changes_nothing(stage: Stage) -> None:
    _, _, link = introduced(stage)
    tables = ("people", "introductions", "outbox", "audit")
    before = [stage.rows(table) for table in tables]
    stage.ask("GET", f"/introductions/{link}")
    stage.ask("HEAD", f"/introductions/{link}")
    assert [stage.rows(table) for table in tables] == before


def test_the_page_uses_the_readers_language_and_time_zone(stage: Stage) -> None:
    _, _, link = introduced(stage, locale="ar", availability={"time_zone": "Africa/Cairo", "windows": []})
    page = stage.ask("GET", f"/introductions/{link}", headers={"Accept-Language": "en"})
    assert '<html lang="ar" dir="rtl">' in page.text
    assert "2:00 م (القاهرة)" in page.text
    assert '<html lang="es"' in stage.ask("GET", f"/introductions/{link}?lang=es").text


def test_an_active_match_has_no_buttons_any_more_and_still_no_contact(stage: Stage) -> None:
    asker, mentor, link = introduced(stage)
    ids = {"match_id": "m1", "programme_id": "cairn", "mentee_id": asker.id, "mentor_id": mentor.id}
    stage.handle(MatchActivated(**ids, waited_seconds=60))
    page = stage.ask("GET", f"/introductions/{link}")
    assert page.status_code == 200
    assert "<form" not in page.text
    assert "kim@example.org" not in page.text


def test_invalid_links_show_the_same_page(stage: Stage) -> None:
    asker, mentor, link = introduced(stage)
    stranger = stage.mentee()
    later = stage.clock.now() + timedelta(hours=80)
    links = [
        link[:-2] + "xx",
        stage.link("introduction", "m2", asker.id, later),
        stage.link("introduction", "m1", stranger.id, later),
        stage.link("answer_match", "m1", asker.id, later),
    ]
    pages = [stage.ask("GET", f"/introductions/{token}", headers={"Accept": "text/html"}) for token in links]
    ids = {"match_id": "m1", "programme_id": "cairn", "mentee_id": asker.id, "mentor_id": mentor.id}
    stage.handle(MatchEnded(**ids, cause="declined", was="accepted"))
    pages.append(stage.ask("GET", f"/introductions/{link}", headers={"Accept": "text/html"}))
    assert {page.status_code for page in pages} == {404}
    assert len({re.sub(r"\b[0-9a-f]{16}\b", "", page.text) for page in pages}) == 1


def test_the_language_chosen_earlier_in_this_browser_is_kept(stage: Stage) -> None:
    _, _, link = introduced(stage)
    browser = stage.app.test_client()
    assert 'lang="en"' in browser.get(f"/introductions/{link}").text
    browser.get("/?lang=fr")
    assert 'lang="fr"' in browser.get(f"/introductions/{link}").text
