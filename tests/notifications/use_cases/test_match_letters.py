"""The two people of a match hear what happens to it: each thing once, and nothing that is not true any more."""

from tests.notifications.house import House, contact
from tests.notifications.matches import proposed


def to(letters: list[object]) -> list[tuple[str, str]]:
    return [(letter.address.partition("@")[0], letter.subject) for letter in letters]  # type: ignore[attr-defined]


def test_a_proposed_match_reaches_the_mentor_with_a_link_to_answer(house: House) -> None:
    house.hear(contact("mentor", name="Kim"), proposed())
    (letter,) = house.work()
    assert letter.address == "mentor@example.org"
    assert letter.subject == "Someone hopes to talk with you"
    assert "https://cairn.example/offers/" in letter.text
    assert "- Language\n- Stage of life\n" in letter.text
