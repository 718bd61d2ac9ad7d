"""A service put together: what it can do without is said to be degraded, never unready."""

from pathlib import Path

from deploy.local.server import free_port
from services.chassis.service.settings import load
from services.matcher.bootstrap import SERVICE
from services.matcher.settings import Settings
from tests.support.fakes import FakeBroker


def _health(tmp_path: Path, broker: FakeBroker, **told: str) -> tuple[str, dict[str, str]]:
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/m.db", "BROKER_URL": f"embedded://{tmp_path}/b.db"} | told
    parts = SERVICE.parts(load(Settings, environ), broker=broker)
    try:
        status, details = parts.health.report()
        return status, dict(details)
    finally:
        parts.engine.dispose()


def test_with_everything_there_it_is_well(tmp_path: Path) -> None:
    assert _health(tmp_path, FakeBroker()) == ("ok", {"database": "ok", "broker": "ok"})


def test_a_broker_that_is_away_is_degraded(tmp_path: Path) -> None:
    status, details = _health(tmp_path, FakeBroker(away=True))
    assert (status, details["database"]) == ("degraded", "ok")
    assert details["broker"] != "ok"


def test_a_redis_that_is_away_is_degraded(tmp_path: Path) -> None:
    status, details = _health(tmp_path, FakeBroker(), REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert (status, details["database"]) == ("degraded", "ok")
    assert details["redis"] != "ok"


def test_a_database_that_is_away_is_unready(tmp_path: Path) -> None:
    gone = tmp_path / "file"
    gone.write_text("not a folder")
    status, details = _health(tmp_path, FakeBroker(), DATABASE_URL=f"sqlite:///{gone}/m.db")
    assert status == "unready"
    assert details["database"] != "ok"
