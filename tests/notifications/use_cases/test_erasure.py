"""An erased person gets one last mail; then nothing of them is left, and nothing brings them back."""

from pathlib import Path

import pytest

from services.events.notifications import NotificationsForgot
from services.events.profiles import PersonErased
from services.notifications.domain.delivery import Ending, SendOutcome
from services.notifications.domain.preferences import Preferences
from services.notifications.use_cases.change_preferences import change_preferences
from services.notifications.use_cases.tidy_deliveries import tidy_deliveries
from tests.notifications.matches import accepted, activated, proposed
from tests.notifications.memory_store import House, contact, registered

ERASED = PersonErased(person_id="mentee", programme_id="cairn", version=5)
RECEIPT = NotificationsForgot(person_id="mentee", programme_id="cairn", version=5)


@pytest.fixture
def known(house: House) -> House:
    house.hear(registered("mentee"), contact("mentee", name="Robin Marker"), contact("mentor"))
    house.hear(proposed(), accepted())
    change_preferences(house.uow, Preferences(person_id="mentee", version=1, helpful=True), by="person:mentee")
    house.work()
    return house


def test_the_last_mail_is_sent_before_the_receipt_is_told(known: House) -> None:
    known.hear(ERASED)
    assert RECEIPT not in known.told()
    (letter,) = known.work()
    assert (letter.address, letter.subject) == ("mentee@example.org", "We have forgotten you, as you asked")
    assert known.told()[-1] == RECEIPT


def test_nothing_of_the_person_is_left_but_a_tombstone_and_numbers(known: House, tmp_path: Path) -> None:
    known.hear(ERASED)
    known.work()
    with known.uow.begin() as store:
        person = store.person("mentee")
        assert person is not None
        assert (person.erased, person.sealed, person.locale) == (True, None, "")
        assert store.preferences("mentee") == Preferences(person_id="mentee")
        match = store.match("m1")
        assert match is not None
        assert (match.mentee_id, match.mentor_id) == ("", "mentor")
        assert not store.has_farewell("mentee")
    assert {row.person_id for row in known.rows() if row.kind != "proposal"} == {None}
    assert {row.subject for row in known.rows() if row.kind != "proposal"} == {None}


def test_late_events_do_not_bring_them_back(known: House) -> None:
    known.hear(ERASED)
    known.work()
    known.hear(contact("mentee", version=9), registered("mentee", version=9), activated(), proposed(match_id="m2"))
    assert [letter.address for letter in known.work()] == ["mentor@example.org", "mentor@example.org"]
    with known.uow.begin() as store:
        for match_id in ("m1", "m2"):
            match = store.match(match_id)
            assert match is not None
            assert match.mentee_id == ""


def test_a_mail_server_that_is_down_delays_the_receipt_for_a_day_at_most(known: House) -> None:
    known.channel.answers = [SendOutcome(Ending.LATER, "unreachable")] * 100
    known.hear(ERASED)
    known.work()
    assert RECEIPT not in known.told()
    known.later(hours=25)
    tidy_deliveries(known.uow)
    assert known.told()[-1] == RECEIPT
    with known.uow.begin() as store:
        assert not store.has_farewell("mentee")


def test_somebody_we_cannot_reach_is_forgotten_at_once(house: House) -> None:
    house.hear(proposed(), ERASED)
    assert house.told() == [RECEIPT]
    assert house.work() == []


def test_asked_again_we_answer_again_but_send_nothing(known: House) -> None:
    known.hear(ERASED)
    known.work()
    known.hear(ERASED)
    assert known.told()[-2:] == [RECEIPT, RECEIPT]
    assert known.work() == []


def test_the_erasure_is_in_the_audit_without_a_name(known: House) -> None:
    import sqlalchemy as sa

    from services.notifications.adapters.tables import chassis

    known.hear(ERASED)
    with known.engine.connect() as connection:
        rows = connection.execute(sa.select(chassis.audit.c.action, chassis.audit.c.subject)).all()
    assert ("person_forgotten", "mentee") in [tuple(row) for row in rows]


def test_no_name_or_address_ever_lies_in_the_clear_in_the_database(known: House, tmp_path: Path) -> None:
    known.hear(ERASED)
    known.work()
    known.engine.dispose()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Marker" not in stored
    assert b"@example.org" not in stored
