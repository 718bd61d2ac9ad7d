"""The two people of a match get each of its messages once, and none that is out of date."""

from collections.abc import Sequence

import pytest

from services.chassis.messages.event import Event
from services.notifications.ports import Letter
from tests.notifications.matches import accepted, activated, declined, ended, expired, proposed, reminder
from tests.notifications.memory_store import ServiceHarness, contact


def recipients_and_subjects(letters: Sequence[Letter]) -> list[tuple[str, str]]:
    return sorted((letter.address.partition("@")[0], letter.subject) for letter in letters)


@pytest.fixture
def known(service: ServiceHarness) -> ServiceHarness:
    """Return a service in which both people are reachable."""
    service.handle(contact("mentor", name="Kim"), contact("mentee", name="Robin"))
    return service


def test_a_proposed_match_reaches_the_mentor_with_a_link_to_answer(known: ServiceHarness) -> None:
    known.handle(proposed())
    (letter,) = known.run_jobs()
    assert recipients_and_subjects([letter]) == [("mentor", "Could you be someone's mentor?")]
    assert "https://cairn.example/offers/" in letter.text
    assert "- Language\n- Stage of life\n" in letter.text


def test_the_mail_to_the_mentor_names_no_condition_and_no_person(known: ServiceHarness) -> None:
    known.handle(proposed())
    (letter,) = known.run_jobs()
    for form in (letter.text, letter.html):
        assert "regnant" not in form
        assert "Robin" not in form


def test_an_accepted_match_introduces_the_mentor_by_name(known: ServiceHarness) -> None:
    known.handle(proposed(), accepted())
    (letter,) = known.run_jobs()
    assert recipients_and_subjects([letter]) == [("mentee", "We've found someone for you")]
    assert "Kim would like to be your mentor." in letter.text
    assert "https://cairn.example/introductions/" in letter.text


def test_a_mentor_whose_name_is_not_known_yet_is_still_introduced(service: ServiceHarness) -> None:
    service.handle(contact("mentee"), proposed(), accepted())
    (letter,) = service.run_jobs()
    assert "Someone would like to be your mentor." in letter.text


def test_both_people_of_an_active_match_get_the_ground_rules(known: ServiceHarness) -> None:
    known.handle(proposed(), accepted(), activated())
    letters = known.run_jobs()
    assert recipients_and_subjects(letters) == [
        ("mentee", "You can start talking"),
        ("mentor", "You can start talking"),
    ]
    assert all("Don't advise on doses" in letter.text and "advise on doses" in letter.html for letter in letters)
    assert not any("@example.org" in letter.text for letter in letters)


LOOKING, THANKS = ("mentee", "We're looking for someone else for you"), ("mentor", "Thank you for saying yes")
CLOSE = "Your match has ended"
ENDINGS: dict[str, tuple[list[Event], list[tuple[str, str]]]] = {
    "the mentor says no": ([declined("mentor")], []),
    "the mentee says no": ([accepted(), declined("mentee")], [LOOKING, THANKS]),
    "the mentor is silent": ([expired("mentor")], [("mentor", "We're now looking for someone else")]),
    "the mentee is silent": ([accepted(), expired("mentee")], [("mentee", "You still have your place"), THANKS]),
    "withdrawn when introduced": ([accepted(), ended("withdrawn", "accepted")], [LOOKING, THANKS]),
    "withdrawn when asked": ([ended("withdrawn", "proposed")], []),
    "declined and then ended": ([declined("mentor"), ended("declined", "proposed")], []),
    "completed": ([accepted(), activated(), ended()], [("mentee", CLOSE), ("mentor", CLOSE)]),
}


@pytest.mark.parametrize(("history", "mails"), ENDINGS.values(), ids=ENDINGS)
def test_each_ending_mails_the_people_it_concerns(
    known: ServiceHarness, history: list[Event], mails: list[tuple[str, str]]
) -> None:
    known.handle(proposed(), *history)
    assert recipients_and_subjects(known.run_jobs()) == mails


def test_a_repeated_event_sends_one_mail(known: ServiceHarness) -> None:
    known.handle(proposed(), proposed())
    assert len(known.run_jobs()) == 1
    known.handle(proposed())
    assert known.run_jobs() == []


def test_a_second_match_of_the_same_mentor_is_another_mail(known: ServiceHarness) -> None:
    known.handle(proposed(), proposed(match_id="m2", mentee_id="other"))
    assert len(known.run_jobs()) == 2


def test_a_reminder_comes_after_the_first_mail(known: ServiceHarness) -> None:
    known.handle(proposed())
    known.run_jobs()
    known.handle(reminder())
    assert recipients_and_subjects(known.advance(hours=36)) == [("mentor", "Could you still be someone's mentor?")]


def test_a_reminder_for_a_match_that_was_answered_is_never_sent(known: ServiceHarness) -> None:
    known.handle(proposed(), accepted())
    known.run_jobs()
    known.handle(reminder())
    assert known.run_jobs() == []
    assert known.states()["proposal_reminder"] == "lapsed"


def test_a_question_lapses_when_its_match_moves_on(known: ServiceHarness) -> None:
    known.handle(proposed(), declined("mentor"))
    assert known.run_jobs() == []
    assert known.states() == {"proposal": "lapsed"}


def test_a_question_past_its_deadline_is_never_sent(service: ServiceHarness) -> None:
    service.handle(proposed())
    service.advance(hours=73)
    service.handle(contact("mentor"))
    assert service.run_jobs() == []


def test_events_out_of_order_do_not_move_a_match_back(known: ServiceHarness) -> None:
    known.handle(activated(), proposed(), accepted())
    assert {letter.subject for letter in known.run_jobs()} == {"You can start talking"}


def test_a_letter_waits_for_its_readers_contact(service: ServiceHarness) -> None:
    service.handle(proposed())
    assert service.run_jobs() == []
    assert service.states() == {"proposal": "waiting_for_contact"}
    service.handle(contact("mentor", locale="es"))
    (letter,) = service.run_jobs()
    assert letter.subject == "¿Podría acompañar a alguien?"


def test_the_answer_link_expires_with_the_question(known: ServiceHarness) -> None:
    from services.chassis.identity.signed_links import LinkRefused, LinkSigner
    from tests.notifications.memory_store import SECRET

    known.handle(proposed())
    (letter,) = known.run_jobs()
    token = letter.text.partition("/offers/")[2].split()[0]
    signer = LinkSigner(SECRET, clock=known.clock)
    link = signer.read(token, "answer_match")
    assert (link.subject, link.person) == ("m1", "mentor")
    with pytest.raises(LinkRefused):
        signer.read(token, "introduction")
    known.advance(hours=72, seconds=1)
    with pytest.raises(LinkRefused):
        signer.read(token, "answer_match")
