"""When the mail server is back, what waited for it goes out at once, however long it was away."""

from services.notifications.domain.delivery import Ending, SendOutcome
from services.notifications.use_cases.deliver import MailServerState
from services.notifications.use_cases.tidy_deliveries import probe_mail_server
from tests.notifications.matches import proposed
from tests.notifications.memory_store import House, contact

UNREACHABLE = SendOutcome(Ending.LATER, "unreachable")
GREYLISTED = SendOutcome(Ending.LATER, "smtp_450")


def waiting_for_the_server(house: House, people: int) -> None:
    """Everybody's mail has been tried twice while the server was away: it waits two minutes more."""
    for number in range(people):
        mentor = f"mentor{number}"
        house.hear(contact(mentor), proposed(match_id=f"m{number}", mentor_id=mentor))
    house.channel.answers.extend([UNREACHABLE] * 2 * people)
    house.work()
    house.later(seconds=61)


def test_the_first_mail_that_gets_through_brings_all_others(house: House) -> None:
    waiting_for_the_server(house, 5)
    assert house.later(seconds=5) == []
    assert probe_mail_server(house.uow) == 1
    assert len(house.work()) == 5
    assert house.states() == {"proposal": "delivered"}


def test_while_the_server_is_away_one_mail_at_a_time_asks(house: House) -> None:
    waiting_for_the_server(house, 5)
    house.channel.answers.append(UNREACHABLE)
    assert probe_mail_server(house.uow) == 1
    assert len(house.work()) == 1
    assert house.states() == {"proposal": "queued"}


def test_a_process_that_starts_after_the_fault_brings_them_as_well(house: House) -> None:
    waiting_for_the_server(house, 3)
    house.deliver.mail_server.was_away = MailServerState().was_away  # as a new process has it
    probe_mail_server(house.uow)
    assert len(house.work()) == 3


def test_a_mailbox_that_asks_for_patience_keeps_its_pause(house: House) -> None:
    house.hear(contact("mentor0"), proposed(match_id="m0", mentor_id="mentor0"))
    house.channel.answers.append(GREYLISTED)
    house.work()
    house.hear(contact("mentor1"), proposed(match_id="m1", mentor_id="mentor1"))
    assert len(house.work()) == 1
    assert probe_mail_server(house.uow) == 0
    assert house.work() == []


def test_where_nothing_waits_there_is_nothing_to_ask(house: House) -> None:
    waiting_for_the_server(house, 1)
    house.later(seconds=121)
    assert house.states() == {"proposal": "delivered"}
    assert probe_mail_server(house.uow) == 0
