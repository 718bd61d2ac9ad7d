"""An erased person gets one last mail; then only a tombstone is left, and no late event restores them."""

from pathlib import Path

import pytest

from services.events.notifications import NotificationsForgot
from services.events.profiles import PersonErased
from services.notifications.domain.delivery import Ending, SendOutcome
from services.notifications.domain.preferences import Preferences
from services.notifications.use_cases.change_preferences import change_preferences
from services.notifications.use_cases.tidy_deliveries import tidy_deliveries
from tests.notifications.matches import accepted, activated, proposed
from tests.notifications.memory_store import ServiceHarness, contact, registered

ERASED = PersonErased(person_id="mentee", programme_id="cairn", version=5)
RECEIPT = NotificationsForgot(person_id="mentee", programme_id="cairn", version=5)


@pytest.fixture
def known(service: ServiceHarness) -> ServiceHarness:
    service.handle(registered("mentee"), contact("mentee", name="Robin Marker"), contact("mentor"))
    service.handle(proposed(), accepted())
    change_preferences(service.uow, "mentee", "cairn", {"helpful": True}, lambda _: None, by="person:mentee")
    service.run_jobs()
    return service


def test_the_last_mail_is_sent_before_the_receipt_is_published(known: ServiceHarness) -> None:
    known.handle(ERASED)
    assert RECEIPT not in known.published()
    (letter,) = known.run_jobs()
    assert (letter.address, letter.subject) == ("mentee@example.org", "We've erased your data, as you asked")
    assert known.published()[-1] == RECEIPT


def test_only_a_tombstone_and_counts_remain_of_an_erased_person(known: ServiceHarness, tmp_path: Path) -> None:
    known.handle(ERASED)
    known.run_jobs()
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


def test_late_events_do_not_restore_an_erased_person(known: ServiceHarness) -> None:
    known.handle(ERASED)
    known.run_jobs()
    known.handle(contact("mentee", version=9), registered("mentee", version=9), activated(), proposed(match_id="m2"))
    assert [letter.address for letter in known.run_jobs()] == ["mentor@example.org", "mentor@example.org"]
    with known.uow.begin() as store:
        for match_id in ("m1", "m2"):
            match = store.match(match_id)
            assert match is not None
            assert match.mentee_id == ""


def test_a_mail_server_that_is_down_delays_the_receipt_for_a_day_at_most(known: ServiceHarness) -> None:
    known.channel.answers = [SendOutcome(Ending.LATER, "unreachable")] * 100
    known.handle(ERASED)
    known.run_jobs()
    assert RECEIPT not in known.published()
    known.advance(hours=25)
    tidy_deliveries(known.uow)
    assert known.published()[-1] == RECEIPT
    with known.uow.begin() as store:
        assert not store.has_farewell("mentee")


def test_an_unreachable_person_is_erased_at_once(service: ServiceHarness) -> None:
    service.handle(proposed(), ERASED)
    assert service.published() == [RECEIPT]
    assert service.run_jobs() == []


def test_a_repeated_erasure_publishes_the_receipt_again_without_a_mail(known: ServiceHarness) -> None:
    known.handle(ERASED)
    known.run_jobs()
    known.handle(ERASED)
    assert known.published()[-2:] == [RECEIPT, RECEIPT]
    assert known.run_jobs() == []


def test_the_erasure_is_in_the_audit_without_a_name(known: ServiceHarness) -> None:
    import sqlalchemy as sa

    from services.notifications.adapters.tables import chassis

    known.handle(ERASED)
    with known.engine.connect() as connection:
        rows = connection.execute(sa.select(chassis.audit.c.action, chassis.audit.c.subject)).all()
    assert ("person_forgotten", "mentee") in [tuple(row) for row in rows]


def test_no_name_or_address_is_unsealed_in_the_database(known: ServiceHarness, tmp_path: Path) -> None:
    known.handle(ERASED)
    known.run_jobs()
    known.engine.dispose()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Marker" not in stored
    assert b"@example.org" not in stored
