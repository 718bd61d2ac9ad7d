"""When the mail server is back, deliveries that waited for it are sent at once, however long it was away."""

from services.notifications.domain.delivery import Ending, SendOutcome
from services.notifications.use_cases.deliver import MailServerState
from services.notifications.use_cases.tidy_deliveries import probe_mail_server
from tests.notifications.matches import proposed
from tests.notifications.memory_store import ServiceHarness, contact

UNREACHABLE = SendOutcome(Ending.LATER, "unreachable")
GREYLISTED = SendOutcome(Ending.LATER, "smtp_450")


def waiting_for_the_server(service: ServiceHarness, people: int) -> None:
    """Try each mail twice while the server is away, so that it waits two minutes more."""
    for number in range(people):
        mentor = f"mentor{number}"
        service.handle(contact(mentor), proposed(match_id=f"m{number}", mentor_id=mentor))
    service.channel.answers.extend([UNREACHABLE] * 2 * people)
    service.run_jobs()
    service.advance(seconds=61)


def test_the_first_delivered_mail_makes_all_others_due(service: ServiceHarness) -> None:
    waiting_for_the_server(service, 5)
    assert service.advance(seconds=5) == []
    assert probe_mail_server(service.uow) == 1
    assert len(service.run_jobs()) == 5
    assert service.states() == {"proposal": "delivered"}


def test_while_the_server_is_away_one_mail_at_a_time_is_tried(service: ServiceHarness) -> None:
    waiting_for_the_server(service, 5)
    service.channel.answers.append(UNREACHABLE)
    assert probe_mail_server(service.uow) == 1
    assert len(service.run_jobs()) == 1
    assert service.states() == {"proposal": "queued"}


def test_a_process_started_after_the_fault_makes_them_due_as_well(service: ServiceHarness) -> None:
    waiting_for_the_server(service, 3)
    service.deliver.mail_server.was_away = MailServerState().was_away  # as a new process has it
    probe_mail_server(service.uow)
    assert len(service.run_jobs()) == 3


def test_a_greylisted_mail_keeps_its_pause(service: ServiceHarness) -> None:
    service.handle(contact("mentor0"), proposed(match_id="m0", mentor_id="mentor0"))
    service.channel.answers.append(GREYLISTED)
    service.run_jobs()
    service.handle(contact("mentor1"), proposed(match_id="m1", mentor_id="mentor1"))
    assert len(service.run_jobs()) == 1
    assert probe_mail_server(service.uow) == 0
    assert service.run_jobs() == []


def test_nothing_is_probed_when_no_mail_waits(service: ServiceHarness) -> None:
    waiting_for_the_server(service, 1)
    service.advance(seconds=121)
    assert service.states() == {"proposal": "delivered"}
    assert probe_mail_server(service.uow) == 0
