"""Despite faulty mail servers a message arrives at least once, a second copy is recorded, and retrying ends."""

import sqlalchemy as sa

from services.events.notifications import MessageDelivered, MessageFailed
from services.notifications.adapters.tables import attempts
from services.notifications.domain.delivery import ATTEMPT_LIMIT, Ending, SendOutcome
from services.notifications.use_cases.tidy_deliveries import prune_deliveries, tidy_deliveries
from tests.notifications.matches import declined, proposed
from tests.notifications.memory_store import ServiceHarness, contact

LATER = SendOutcome(Ending.LATER, "smtp_451")
NEVER = SendOutcome(Ending.NEVER, "smtp_550")
UNCLEAR = SendOutcome(Ending.UNCLEAR, "cut_after_data")


def endings(service: ServiceHarness) -> list[tuple[str | None, str]]:
    with service.engine.connect() as connection:
        rows = connection.execute(sa.select(attempts).order_by(attempts.c.number))
        return [(row.ending, row.cause) for row in rows]


def ready(service: ServiceHarness, *answers: SendOutcome) -> ServiceHarness:
    service.channel.answers.extend(answers)
    service.handle(contact("mentor"), proposed())
    return service


def test_a_delivered_message_is_published_without_its_text(service: ServiceHarness) -> None:
    ready(service).run_jobs()
    (event,) = service.published()
    assert event == MessageDelivered(
        person_id="mentor", programme_id="cairn", kind="proposal", subject="m1", locale="en", channel="email"
    )


def test_a_temporary_refusal_is_retried_later(service: ServiceHarness) -> None:
    ready(service, LATER, LATER).run_jobs()
    assert service.states() == {"proposal": "queued"}
    assert service.advance(seconds=59) == []
    assert len(service.advance(seconds=2)) == 1
    assert len(service.advance(seconds=121)) == 1
    assert service.states() == {"proposal": "delivered"}
    assert endings(service) == [("later", "smtp_451"), ("later", "smtp_451"), ("delivered", "")]


def test_a_permanent_refusal_is_not_retried_and_is_published(service: ServiceHarness) -> None:
    ready(service, NEVER).run_jobs()
    assert service.states() == {"proposal": "failed"}
    assert isinstance(service.published()[0], MessageFailed)
    assert service.advance(days=1) == []


def test_an_unclear_attempt_is_repeated_with_the_same_message_id_and_recorded(service: ServiceHarness) -> None:
    first = ready(service, UNCLEAR).run_jobs()
    second = service.advance(seconds=61)
    assert [letter.id for letter in first] == [letter.id for letter in second]
    assert endings(service) == [("unclear", "cut_after_data"), ("delivered", "")]


def test_an_unclear_attempt_is_not_repeated_once_the_message_lapsed(service: ServiceHarness) -> None:
    ready(service, UNCLEAR).run_jobs()
    service.handle(declined())
    assert service.advance(minutes=5) == []
    assert service.states() == {"proposal": "lapsed"}


def test_a_crash_in_the_middle_counts_as_unclear_and_is_repeated_after_a_while(service: ServiceHarness) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    service.channel.meanwhile = die
    ready(service)
    try:
        service.run_jobs()
    except Killed:
        service.channel.meanwhile = lambda: None
    assert service.advance(seconds=40) == []  # the job's lease is over, the attempt may still be under way
    assert len(service.advance(seconds=ATTEMPT_LIMIT.total_seconds())) == 1
    assert endings(service) == [("unclear", "cut_off"), ("delivered", "")]


def test_two_workers_at_once_send_one_mail(service: ServiceHarness) -> None:
    ready(service)
    (delivery,) = service.rows()

    def at_once() -> None:
        if len(service.channel.sent) == 1:
            service.deliver([delivery.id])

    service.channel.meanwhile = at_once
    service.run_jobs()
    assert len(service.channel.sent) == 1


def test_retrying_ends_after_two_days_with_a_failure(service: ServiceHarness) -> None:
    ready(service)
    service.channel.answers = [LATER] * 2000
    for _ in range(60):
        service.advance(hours=1)
    assert service.states() == {"proposal": "failed"}
    assert [type(event) for event in service.published()] == [MessageFailed]


def test_a_message_without_a_contact_ends_as_a_failure(service: ServiceHarness) -> None:
    service.handle(proposed())
    service.advance(hours=73)
    assert tidy_deliveries(service.uow) == 1
    (event,) = service.published()
    assert isinstance(event, MessageFailed)
    assert event.cause == "no_contact"
    assert tidy_deliveries(service.uow) == 0


def test_a_delivery_without_a_job_gets_one(service: ServiceHarness) -> None:
    from services.notifications.adapters.tables import chassis

    ready(service)
    with service.engine.begin() as connection:
        connection.execute(chassis.jobs.delete())
    assert service.run_jobs() == []
    assert tidy_deliveries(service.uow) == 1
    assert len(service.run_jobs()) == 1


def test_old_rows_are_deleted_after_ninety_days_and_not_before(service: ServiceHarness) -> None:
    ready(service).run_jobs()
    service.advance(days=89)
    assert prune_deliveries(service.uow) == 0
    service.advance(days=2)
    assert prune_deliveries(service.uow) == 1
    assert service.rows() == []


def test_a_person_erased_while_their_mail_is_sent_stays_erased(service: ServiceHarness) -> None:
    from services.events.profiles import PersonErased

    erased = PersonErased(person_id="mentor", programme_id="cairn", version=2)
    service.channel.meanwhile = lambda: service.handle(erased) if len(service.channel.sent) == 1 else None
    ready(service).run_jobs()
    assert [row.person_id for row in service.rows()] == [None, None]
    assert not [event for event in service.published() if isinstance(event, MessageDelivered)]
