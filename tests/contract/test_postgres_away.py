"""A real PostgreSQL, killed and frozen under load: every answer is 201 or 503, and no acknowledged write is lost."""

from __future__ import annotations

import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from structlog.testing import CapturingLogger

from deploy.local.postgres import PostgresServer
from deploy.local.server import wait_until
from services.chassis.core.errors import Unavailable
from services.chassis.storage.database import open_engine
from services.chassis.storage.postgres import Timeouts
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.shop import PARCELS, Shop, count, open_shop
from tests.chassis.web.shop_app import shop_app
from tests.support import stack
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.stack

SHORT = Timeouts(lock=0.5, statement=1, answer=1.5, breaker=True)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Yield a PostgreSQL that the test may kill and freeze."""
    stack.postgres_url()  # skip the test where PostgreSQL cannot be started
    with PostgresServer(tmp_path_factory.mktemp("postgres")) as server:  # durable, since the test kills it
        yield server


@pytest.fixture
def uow(server: PostgresServer) -> Iterator[UnitOfWork[Shop]]:
    engine = open_engine(server.create_database("shop"), timeouts=SHORT)
    yield open_shop(engine)
    engine.dispose()


@contextmanager
def frozen(server: PostgresServer) -> Iterator[None]:
    """Freeze the server and all its child processes while the block runs."""
    pids = [server.pid, *map(int, Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split())]
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def is_available(uow: UnitOfWork[Shop]) -> bool:
    try:
        with uow.begin(read_only=True) as shop:
            shop.parcels()
    except Unavailable:
        return False
    return True


def test_a_statement_on_a_frozen_server_ends_and_the_next_fails_at_once(
    server: PostgresServer, uow: UnitOfWork[Shop]
) -> None:
    attempts: list[str] = []

    def ask_while_frozen(shop: Shop) -> None:
        with frozen(server):
            attempts.append("first")
            with pytest.raises(sa.exc.OperationalError):
                shop.parcels()
            with pytest.raises(Unavailable, match="a moment ago"):
                uow.engine.connect()
            raise Unavailable("as seen by the test")

    with pytest.raises(Unavailable), uow.begin() as shop:
        ask_while_frozen(shop)
    assert attempts == ["first"]
    wait_until(lambda: is_available(uow), PATIENCE, "The database")


def test_a_commit_on_a_frozen_server_raises_unavailable_with_either_result(
    server: PostgresServer, uow: UnitOfWork[Shop]
) -> None:
    with ExitStack() as freezing:

        def add_and_freeze(shop: Shop) -> None:
            shop.add("p1")
            freezing.enter_context(frozen(server))

        with pytest.raises(Unavailable):
            uow.run(add_and_freeze)
    wait_until(lambda: is_available(uow), PATIENCE, "The database")
    assert count(uow.engine, PARCELS) in {0, 1}  # the caller cannot know which


def test_a_connection_to_a_frozen_server_fails_and_the_next_fails_at_once(
    server: PostgresServer, uow: UnitOfWork[Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.storage.postgres._CONNECT_SECONDS", 2)
    engine = open_engine(uow.engine.url.render_as_string(hide_password=False), timeouts=SHORT)
    with frozen(server):
        with pytest.raises(sa.exc.OperationalError):
            engine.connect()
        with pytest.raises(Unavailable):
            engine.connect()
    wait_until(lambda: is_available(UnitOfWork(engine, Shop, source="/shop")), PATIENCE, "The database")
    engine.dispose()


def terminate(server: PostgresServer, uow: UnitOfWork[Shop]) -> None:
    """End every connection, as an administrator does."""
    engine = sa.create_engine(server.address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shop'")
    engine.dispose()
    wait_until(lambda: is_available(uow), PATIENCE, "The database")


def kill(server: PostgresServer, uow: UnitOfWork[Shop]) -> None:
    """Kill the server and start it again."""
    server.kill()
    server.start()
    wait_until(lambda: is_available(uow), PATIENCE, "The database")


def freeze(server: PostgresServer, uow: UnitOfWork[Shop]) -> None:
    """Freeze the server for longer than any request waits."""
    with frozen(server):
        time.sleep(SHORT.answer + 0.5)
    wait_until(lambda: is_available(uow), PATIENCE, "The database")


@pytest.mark.parametrize("fault", [terminate, kill, freeze])
def test_under_load_every_answer_is_201_or_503_and_each_request_takes_effect_once(
    server: PostgresServer,
    uow: UnitOfWork[Shop],
    fault: Callable[[PostgresServer, UnitOfWork[Shop]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # hundreds of tracebacks would hide the result
    monkeypatch.setattr("services.chassis.web.error_handlers.log", CapturingLogger())
    app, over = shop_app(uow), threading.Event()
    requests: dict[str, tuple[str, int, str | None]] = {}

    def send(parcel: str, key: str) -> tuple[int, str | None]:
        headers = {"Idempotency-Key": key}
        answer = app.test_client().post("/shop/v1/parcels", json={"id": parcel}, headers=headers)
        return answer.status_code, answer.headers.get("Retry-After")

    def caller(number: int) -> None:
        sent = 0
        while not over.is_set():
            parcel, key = f"p{number}-{sent}", secrets.token_hex(8)
            requests[parcel] = (key, *send(parcel, key))
            sent += 1
            if requests[parcel][1] == 503:
                over.wait(0.1)

    with ThreadPoolExecutor(8) as callers:
        running = [callers.submit(caller, number) for number in range(8)]
        wait_until(lambda: len(requests) > 20, PATIENCE, "The shop")
        fault(server, uow)
        before = len(requests)
        wait_until(lambda: len(requests) > before + 20, PATIENCE, "The shop")
        over.set()
        for caller_done in running:
            caller_done.result()

    assert {status for _, status, _ in requests.values()} == {201, 503}
    assert all(retry_after for _, status, retry_after in requests.values() if status == 503)
    with uow.begin(read_only=True) as shop:
        stored = set(shop.parcels())
    assert {parcel for parcel, (_, status, _) in requests.items() if status == 201} <= stored
    repeated = {send(parcel, key)[0] for parcel, (key, status, _) in requests.items() if status == 503}
    assert repeated == {201}
    assert count(uow.engine, PARCELS) == len(requests)
