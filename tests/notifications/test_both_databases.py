"""What the stories tell on SQLite holds on PostgreSQL as well; and the schema comes and goes with its rows."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.chassis.storage.database import open_engine
from services.chassis.storage.migrations import current_revision, migrate, migrate_down
from services.events.notifications import NotificationsForgot
from services.events.profiles import PersonErased
from services.notifications.adapters.tables import metadata
from services.notifications.bootstrap import SERVICE
from services.notifications.domain.delivery import Ending, SendOutcome
from services.notifications.domain.preferences import Preferences
from services.notifications.ports import DeliveryFilter
from services.notifications.use_cases.request_people import request_people
from services.notifications.use_cases.tidy_deliveries import probe_mail_server, prune_deliveries, tidy_deliveries
from tests.notifications.matches import accepted, declined, proposed, reminder
from tests.notifications.memory_store import PROGRAMME, House, contact, registered
from tests.support import stack

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.stack)]


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return stack.postgres_url() if request.param == "postgres" else f"sqlite:///{tmp_path}/empty.db"


@pytest.fixture
def house(url: str) -> Iterator[House]:
    migrate(url, SERVICE.migrations)
    engine = open_engine(url)
    yield House(engine)
    engine.dispose()


def test_the_whole_walk(house: House) -> None:
    assert request_people(house.uow, PROGRAMME)
    house.hear(proposed(), proposed(), contact("mentor"), registered("mentee"), contact("mentee", locale="ar"))
    house.channel.answers = [SendOutcome(Ending.UNCLEAR, "cut_after_data"), SendOutcome(Ending.LATER, "smtp_451")]
    house.work()
    house.later(minutes=5)
    assert house.states() == {"proposal": "delivered", "welcome": "delivered"}
    house.hear(accepted(), reminder("mentee"), declined("mentee"))
    house.work()
    assert house.states()["introduction"] == "lapsed"
    house.hear(PersonErased(person_id="mentee", programme_id=PROGRAMME, version=9))
    house.work()
    assert isinstance(house.told()[-1], NotificationsForgot)
    total = len(house.rows())
    with house.uow.begin() as store:
        shown = store.deliveries(DeliveryFilter(programme_id=PROGRAMME, limit=3))
        rest = store.deliveries(
            DeliveryFilter(programme_id=PROGRAMME, after=(shown[2].created_at, shown[2].id), limit=50)
        )
        assert len({row.id for row in [*shown[:3], *rest]}) == total
        assert sum(count.count for count in store.counts(PROGRAMME)) == total
        assert sum(row.unclear_tries for row in rest) + sum(row.unclear_tries for row in shown[:3]) == 1
    assert tidy_deliveries(house.uow) == 0
    house.later(days=91)
    assert prune_deliveries(house.uow) > 0


def test_two_changes_of_one_version_leave_one(house: House) -> None:
    house.hear(contact("mentee"))

    def change(pace: str) -> bool:
        with house.uow.begin() as store:
            return store.save_preferences(Preferences(person_id="mentee", version=1, pace=pace))  # type: ignore[arg-type]

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(change, ["at_once", "once_a_day"] * 4))
    assert sorted(outcomes) == [False] * 7 + [True]


def test_facts_and_contact_heard_at_once_do_not_overwrite_each_other(house: House) -> None:
    people = [f"person{number}" for number in range(8)]

    def hear(person_id: str) -> None:
        house.hear(contact(person_id) if person_id.startswith("+") else registered(person_id))

    def contact_of(person_id: str) -> None:
        house.hear(contact(person_id))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda job: job[0](job[1]), [(f, p) for p in people for f in (hear, contact_of)]))
    with house.uow.begin() as store:
        found = [store.person(person_id) for person_id in people]
    assert all(person and person.mentee and person.reachable for person in found)
    assert len(house.work()) == len(people)


def test_what_the_code_declares_is_what_the_migrations_make(url: str) -> None:
    migrate(url, SERVICE.migrations)
    engine = open_engine(url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert [difference for difference in differences if "alembic_version" not in str(difference)] == []


def test_the_schema_goes_and_comes_back_with_rows_in_it(house: House, url: str) -> None:
    house.hear(contact("mentor"), proposed(), contact("mentee"), registered("mentee"))
    house.channel.answers = [SendOutcome(Ending.LATER, "smtp_451")]
    house.work()
    house.hear(PersonErased(person_id="mentee", programme_id=PROGRAMME, version=9))
    house.engine.dispose()
    migrate_down(url, SERVICE.migrations)
    assert current_revision(url) is None
    migrate(url, SERVICE.migrations)
    migrate(url, SERVICE.migrations)
    assert house.rows() == []
    with house.engine.connect() as connection:
        assert set(sa.inspect(connection).get_table_names()) >= {"people", "deliveries", "attempts", "outbox"}


def test_what_waited_for_the_mail_server_is_hastened(house: House) -> None:
    for number in range(3):
        house.hear(contact(f"mentor{number}"), proposed(match_id=f"m{number}", mentor_id=f"mentor{number}"))
    house.channel.answers.extend([SendOutcome(Ending.LATER, "unreachable")] * 3)
    assert len(house.work()) == 3
    assert probe_mail_server(house.uow) == 1
    assert len(house.work()) == 3
    assert house.states() == {"proposal": "delivered"}
