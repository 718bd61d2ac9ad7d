"""Mail servers misbehave; a message still arrives at least once, a second copy is on record, and trying ends."""

import sqlalchemy as sa

from services.events.notifications import MessageDelivered, MessageFailed
from services.notifications.adapters.tables import attempts
from services.notifications.domain.delivery import ATTEMPT_LIMIT, Ending, SendOutcome
from services.notifications.use_cases.tidy_deliveries import prune_deliveries, tidy_deliveries
from tests.notifications.matches import declined, proposed
from tests.notifications.memory_store import House, contact

LATER = SendOutcome(Ending.LATER, "smtp_451")
NEVER = SendOutcome(Ending.NEVER, "smtp_550")
UNCLEAR = SendOutcome(Ending.UNCLEAR, "cut_after_data")


def endings(house: House) -> list[tuple[str | None, str]]:
    with house.engine.connect() as connection:
        rows = connection.execute(sa.select(attempts).order_by(attempts.c.number))
        return [(row.ending, row.cause) for row in rows]


def ready(house: House, *answers: SendOutcome) -> House:
    house.channel.answers.extend(answers)
    house.hear(contact("mentor"), proposed())
    return house


def test_a_delivered_message_is_told_without_its_words(house: House) -> None:
    ready(house).work()
    (told,) = house.told()
    assert told == MessageDelivered(
        person_id="mentor", programme_id="cairn", kind="proposal", subject="m1", locale="en", channel="email"
    )


def test_a_server_that_is_busy_is_asked_again_later(house: House) -> None:
    ready(house, LATER, LATER).work()
    assert house.states() == {"proposal": "queued"}
    assert house.later(seconds=59) == []
    assert len(house.later(seconds=2)) == 1
    assert len(house.later(seconds=121)) == 1
    assert house.states() == {"proposal": "delivered"}
    assert endings(house) == [("later", "smtp_451"), ("later", "smtp_451"), ("delivered", "")]


def test_a_server_that_refuses_for_good_is_not_asked_again_and_we_say_so(house: House) -> None:
    ready(house, NEVER).work()
    assert house.states() == {"proposal": "failed"}
    assert isinstance(house.told()[0], MessageFailed)
    assert house.later(days=1) == []


def test_an_unclear_attempt_is_repeated_under_the_same_id_and_stays_on_record(house: House) -> None:
    first = ready(house, UNCLEAR).work()
    second = house.later(seconds=61)
    assert [letter.id for letter in first] == [letter.id for letter in second]
    assert endings(house) == [("unclear", "cut_after_data"), ("delivered", "")]


def test_an_unclear_attempt_is_not_repeated_once_its_reason_has_lapsed(house: House) -> None:
    ready(house, UNCLEAR).work()
    house.hear(declined())
    assert house.later(minutes=5) == []
    assert house.states() == {"proposal": "lapsed"}


def test_a_crash_in_the_middle_counts_as_unclear_and_is_repeated_after_a_while(house: House) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    house.channel.meanwhile = die
    ready(house)
    try:
        house.work()
    except Killed:
        house.channel.meanwhile = lambda: None
    assert house.later(seconds=40) == []  # the job's lease is over, the attempt may still be under way
    assert len(house.later(seconds=ATTEMPT_LIMIT.total_seconds())) == 1
    assert endings(house) == [("unclear", "cut_off"), ("delivered", "")]


def test_two_workers_at_once_send_one_mail(house: House) -> None:
    ready(house)
    (delivery,) = house.rows()

    def at_once() -> None:
        if len(house.channel.sent) == 1:
            house.deliver([delivery.id])

    house.channel.meanwhile = at_once
    house.work()
    assert len(house.channel.sent) == 1


def test_trying_ends_after_two_days_with_a_failure(house: House) -> None:
    ready(house)
    house.channel.answers = [LATER] * 2000
    for _ in range(60):
        house.later(hours=1)
    assert house.states() == {"proposal": "failed"}
    assert [type(event) for event in house.told()] == [MessageFailed]


def test_a_message_that_could_never_be_addressed_ends_as_a_failure(house: House) -> None:
    house.hear(proposed())
    house.later(hours=73)
    assert tidy_deliveries(house.uow) == 1
    (told,) = house.told()
    assert isinstance(told, MessageFailed)
    assert told.cause == "no_contact"
    assert tidy_deliveries(house.uow) == 0


def test_a_message_that_lost_its_job_is_picked_up(house: House) -> None:
    from services.notifications.adapters.tables import chassis

    ready(house)
    with house.engine.begin() as connection:
        connection.execute(chassis.jobs.delete())
    assert house.work() == []
    assert tidy_deliveries(house.uow) == 1
    assert len(house.work()) == 1


def test_old_rows_are_dropped_after_ninety_days_and_not_before(house: House) -> None:
    ready(house).work()
    house.later(days=89)
    assert prune_deliveries(house.uow) == 0
    house.later(days=2)
    assert prune_deliveries(house.uow) == 1
    assert house.rows() == []


def test_a_person_forgotten_while_their_mail_is_on_its_way_stays_forgotten(house: House) -> None:
    from services.events.profiles import PersonErased

    erased = PersonErased(person_id="mentor", programme_id="cairn", version=2)
    house.channel.meanwhile = lambda: house.hear(erased) if len(house.channel.sent) == 1 else None
    ready(house).work()
    assert [row.person_id for row in house.rows()] == [None, None]
    assert not [event for event in house.told() if isinstance(event, MessageDelivered)]
