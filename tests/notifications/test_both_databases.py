"""The service behaves the same on SQLite and PostgreSQL, and the schema migrates up and down with rows in it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.chassis.storage.database import open_engine
from services.chassis.storage.migrations import current_revision, migrate_down
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
from tests.notifications.memory_store import PROGRAMME, ServiceHarness, contact, registered
from tests.support import stack

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.stack)]


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    url = stack.separated_url() if request.param == "postgres" else f"sqlite:///{tmp_path}/empty.db"
    stack.migrate_as_in_production(url, SERVICE)
    return url


@pytest.fixture
def service(url: str) -> Iterator[ServiceHarness]:
    engine = open_engine(url)
    yield ServiceHarness(engine)
    engine.dispose()


def test_a_delivery_from_event_to_pruning(service: ServiceHarness) -> None:
    assert request_people(service.uow, PROGRAMME)
    service.handle(proposed(), proposed(), contact("mentor"), registered("mentee"), contact("mentee", locale="ar"))
    service.channel.answers = [SendOutcome(Ending.UNCLEAR, "cut_after_data"), SendOutcome(Ending.LATER, "smtp_451")]
    service.run_jobs()
    service.advance(minutes=5)
    assert service.states() == {"proposal": "delivered", "welcome": "delivered"}
    service.handle(accepted(), reminder("mentee"), declined("mentee"))
    service.run_jobs()
    assert service.states()["introduction"] == "lapsed"
    service.handle(PersonErased(person_id="mentee", programme_id=PROGRAMME, version=9))
    service.run_jobs()
    assert isinstance(service.published()[-1], NotificationsForgot)
    total = len(service.rows())
    with service.uow.begin() as store:
        shown = store.deliveries(DeliveryFilter(programme_id=PROGRAMME, limit=3))
        rest = store.deliveries(
            DeliveryFilter(programme_id=PROGRAMME, after=(shown[2].created_at, shown[2].id), limit=50)
        )
        assert len({row.id for row in [*shown[:3], *rest]}) == total
        assert sum(count.count for count in store.counts(PROGRAMME)) == total
        assert sum(row.unclear_tries for row in rest) + sum(row.unclear_tries for row in shown[:3]) == 1
    assert tidy_deliveries(service.uow) == 0
    service.advance(days=91)
    assert prune_deliveries(service.uow) > 0


def test_one_of_many_concurrent_changes_of_one_version_succeeds(service: ServiceHarness) -> None:
    service.handle(contact("mentee"))

    def change(pace: str) -> bool:
        with service.uow.begin() as store:
            return store.save_preferences(Preferences(person_id="mentee", version=1, pace=pace))  # type: ignore[arg-type]

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(change, ["at_once", "once_a_day"] * 4))
    assert sorted(outcomes) == [False] * 7 + [True]


def test_concurrent_facts_and_contact_do_not_overwrite_each_other(service: ServiceHarness) -> None:
    people = [f"person{number}" for number in range(8)]

    def handle_facts(person_id: str) -> None:
        service.handle(registered(person_id))

    def handle_contact(person_id: str) -> None:
        service.handle(contact(person_id))

    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda job: job[0](job[1]),
                [(handle, person) for person in people for handle in (handle_facts, handle_contact)],
            )
        )
    with service.uow.begin() as store:
        stored = [store.person(person_id) for person_id in people]
    assert all(person and person.mentee and person.reachable for person in stored)
    assert len(service.run_jobs()) == len(people)


def test_migrations_produce_the_declared_tables(url: str) -> None:
    engine = open_engine(url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert [difference for difference in differences if "alembic_version" not in str(difference)] == []


def test_the_schema_migrates_down_and_up_with_rows(service: ServiceHarness, url: str) -> None:
    service.handle(contact("mentor"), proposed(), contact("mentee"), registered("mentee"))
    service.channel.answers = [SendOutcome(Ending.LATER, "smtp_451")]
    service.run_jobs()
    service.handle(PersonErased(person_id="mentee", programme_id=PROGRAMME, version=9))
    service.engine.dispose()
    migrate_down(stack.owner_url(url), SERVICE.migrations)
    assert current_revision(url) is None
    stack.migrate_as_in_production(url, SERVICE)
    stack.migrate_as_in_production(url, SERVICE)
    assert service.rows() == []
    with service.engine.connect() as connection:
        assert set(sa.inspect(connection).get_table_names()) >= {"people", "deliveries", "attempts", "outbox"}


def test_deliveries_that_waited_for_the_mail_server_become_due(service: ServiceHarness) -> None:
    for number in range(3):
        service.handle(contact(f"mentor{number}"), proposed(match_id=f"m{number}", mentor_id=f"mentor{number}"))
    service.channel.answers.extend([SendOutcome(Ending.LATER, "unreachable")] * 3)
    assert len(service.run_jobs()) == 3
    assert probe_mail_server(service.uow) == 1
    assert len(service.run_jobs()) == 3
    assert service.states() == {"proposal": "delivered"}
