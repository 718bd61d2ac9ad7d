"""The two people of a match hear what happens to it: each thing once, and nothing that is not true any more."""

from collections.abc import Sequence

import pytest

from services.chassis.messages.event import Event
from services.notifications.ports import Letter
from tests.notifications.matches import accepted, activated, declined, ended, expired, proposed, reminder
from tests.notifications.memory_store import House, contact


def who_and_what(letters: Sequence[Letter]) -> list[tuple[str, str]]:
    return sorted((letter.address.partition("@")[0], letter.subject) for letter in letters)


@pytest.fixture
def known(house: House) -> House:
    """Both people can be reached."""
    house.hear(contact("mentor", name="Kim"), contact("mentee", name="Robin"))
    return house


def test_a_proposed_match_reaches_the_mentor_with_a_link_to_answer(known: House) -> None:
    known.hear(proposed())
    (letter,) = known.work()
    assert who_and_what([letter]) == [("mentor", "Someone hopes to talk with you")]
    assert "https://cairn.example/offers/" in letter.text
    assert "- Language\n- Stage of life\n" in letter.text


def test_the_mail_to_the_mentor_names_no_condition_and_nobody(known: House) -> None:
    known.hear(proposed())
    (letter,) = known.work()
    for form in (letter.text, letter.html):
        assert "regnant" not in form
        assert "Robin" not in form


def test_an_accepted_match_introduces_the_mentor_by_name(known: House) -> None:
    known.hear(proposed(), accepted())
    (letter,) = known.work()
    assert who_and_what([letter]) == [("mentee", "We have found someone for you")]
    assert "Kim would be glad to be your mentor." in letter.text
    assert "https://cairn.example/introductions/" in letter.text


def test_a_mentor_whose_name_is_not_known_yet_is_still_introduced(house: House) -> None:
    house.hear(contact("mentee"), proposed(), accepted())
    (letter,) = house.work()
    assert "Someone would be glad to be your mentor." in letter.text


def test_when_both_said_yes_both_get_the_ground_rules(known: House) -> None:
    known.hear(proposed(), accepted(), activated())
    letters = known.work()
    assert who_and_what(letters) == [("mentee", "You can start talking"), ("mentor", "You can start talking")]
    assert all("No doses" in letter.text and "No doses" in letter.html for letter in letters)
    assert not any("@example.org" in letter.text for letter in letters)


LOOKING, THANKS = ("mentee", "We go on looking for you"), ("mentor", "Thank you for saying yes")
CLOSE = "Your conversations have come to a close"
ENDINGS: dict[str, tuple[list[Event], list[tuple[str, str]]]] = {
    "the mentor says no": ([declined("mentor")], []),
    "the mentee says no": ([accepted(), declined("mentee")], [LOOKING, THANKS]),
    "the mentor is silent": ([expired("mentor")], [("mentor", "We have asked someone else, all is well")]),
    "the mentee is silent": ([accepted(), expired("mentee")], [("mentee", "Your place is kept"), THANKS]),
    "withdrawn when introduced": ([accepted(), ended("withdrawn", "accepted")], [LOOKING, THANKS]),
    "withdrawn when asked": ([ended("withdrawn", "proposed")], []),
    "declined and then ended": ([declined("mentor"), ended("declined", "proposed")], []),
    "completed": ([accepted(), activated(), ended()], [("mentee", CLOSE), ("mentor", CLOSE)]),
}


@pytest.mark.parametrize(("history", "said"), ENDINGS.values(), ids=ENDINGS)
def test_each_ending_is_told_to_whom_it_helps(known: House, history: list[Event], said: list[tuple[str, str]]) -> None:
    known.hear(proposed(), *history)
    assert who_and_what(known.work()) == said


def test_an_event_heard_twice_sends_one_mail(known: House) -> None:
    known.hear(proposed(), proposed())
    assert len(known.work()) == 1
    known.hear(proposed())
    assert known.work() == []


def test_a_second_match_of_the_same_mentor_is_another_mail(known: House) -> None:
    known.hear(proposed(), proposed(match_id="m2", mentee_id="other"))
    assert len(known.work()) == 2


def test_a_reminder_comes_after_the_first_mail(known: House) -> None:
    known.hear(proposed())
    known.work()
    known.hear(reminder())
    assert who_and_what(known.later(hours=36)) == [("mentor", "Someone is still hoping to hear from you")]


def test_a_reminder_for_a_match_that_was_answered_is_never_sent(known: House) -> None:
    known.hear(proposed(), accepted())
    known.work()
    known.hear(reminder())
    assert known.work() == []
    assert known.states()["proposal_reminder"] == "lapsed"


def test_a_question_whose_match_moved_on_is_taken_back_before_it_is_sent(known: House) -> None:
    known.hear(proposed(), declined("mentor"))
    assert known.work() == []
    assert known.states() == {"proposal": "lapsed"}


def test_a_question_past_its_deadline_is_never_sent(house: House) -> None:
    house.hear(proposed())
    house.later(hours=73)
    house.hear(contact("mentor"))
    assert house.work() == []


def test_events_of_a_match_that_come_out_of_order_do_not_turn_it_back(known: House) -> None:
    known.hear(activated(), proposed(), accepted())
    assert {letter.subject for letter in known.work()} == {"You can start talking"}


def test_a_letter_waits_until_we_know_how_to_reach_its_reader(house: House) -> None:
    house.hear(proposed())
    assert house.work() == []
    assert house.states() == {"proposal": "waiting_for_contact"}
    house.hear(contact("mentor", locale="es"))
    (letter,) = house.work()
    assert letter.subject == "Alguien espera poder hablar con usted"


def test_the_answer_link_ends_with_the_question(known: House) -> None:
    from services.chassis.identity.signed_links import LinkRefused, LinkSigner
    from tests.notifications.memory_store import SECRET

    known.hear(proposed())
    (letter,) = known.work()
    token = letter.text.partition("/offers/")[2].split()[0]
    signer = LinkSigner(SECRET, clock=known.clock)
    link = signer.read(token, "answer_match")
    assert (link.subject, link.person) == ("m1", "mentor")
    with pytest.raises(LinkRefused):
        signer.read(token, "introduction")
    known.later(hours=72, seconds=1)
    with pytest.raises(LinkRefused):
        signer.read(token, "answer_match")
