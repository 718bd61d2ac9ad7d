"""Passwords and TLS in the addresses of Redis and PostgreSQL reach their clients."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
import sqlalchemy as sa

from deploy.local.certificates import make_certificates
from services.chassis.service.dependency_checks import dependency_checks
from services.chassis.storage.database import open_engine
from tests.chassis.running import until
from tests.support import stack
from tests.support.fakes import FakeBroker

pytestmark = pytest.mark.stack


def redis_answers(url: str) -> bool:
    """Return the result of the health check of Redis."""
    (check,) = [
        check for check in dependency_checks(sa.create_engine("sqlite://"), FakeBroker(), url) if "redis" in check.name
    ]
    try:
        return check.probe() is not False
    except redis.RedisError:
        return False


def with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f":{password}@{parts.hostname}:{parts.port}").geturl()


def test_redis_answers_only_with_its_password() -> None:
    url = stack.redis_url()
    until(lambda: redis_answers(url))
    assert not redis_answers(with_password(url, "another"))
    assert not redis_answers(url.replace(f":{urlsplit(url).password}@", ""))


@pytest.fixture
def behind_tls(tmp_path: Path) -> Iterator[str]:
    """Yield the address of Redis behind a listener with TLS, and the authority of its certificate."""
    parts = urlsplit(stack.redis_url())
    certificates = make_certificates(tmp_path / "certificates")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "broker.pem")

    class Relayed(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                client = context.wrap_socket(self.request, server_side=True)
            except ssl.SSLError:  # the client does not trust the authority, or speaks plain text
                return
            with client, socket.create_connection((parts.hostname, parts.port)) as server:
                answers = threading.Thread(target=_copy, args=(server, client))
                answers.start()
                _copy(client, server)
                server.shutdown(socket.SHUT_RDWR)
                answers.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Relayed) as listener:
        listener.daemon_threads = True
        threading.Thread(target=listener.serve_forever, args=(0.05,)).start()
        address = parts._replace(scheme="rediss", netloc=f":{parts.password}@127.0.0.1:{listener.server_address[1]}")
        yield f"{address.geturl()}?ssl_ca_certs={certificates}/ca.pem"
        listener.shutdown()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass


def test_redis_over_tls_answers_a_client_that_trusts_its_authority(behind_tls: str) -> None:
    until(lambda: redis_answers(behind_tls))
    assert not redis_answers(behind_tls.partition("?")[0])
    assert not redis_answers(behind_tls.replace("rediss:", "redis:").partition("?")[0])


def test_a_database_without_tls_is_refused_where_the_address_asks_for_it() -> None:
    url = stack.postgres_url()
    for mode in ("require", "verify-full"):
        engine = open_engine(f"{url}?sslmode={mode}")
        with pytest.raises(sa.exc.OperationalError, match="SSL"), engine.connect():
            pass
        engine.dispose()
    engine = open_engine(f"{url}?sslmode=disable")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    engine.dispose()
