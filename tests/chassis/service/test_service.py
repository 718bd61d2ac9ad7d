"""Health of an assembled service: without an optional dependency it is degraded, never unready."""

from pathlib import Path

from deploy.local.server import free_port
from services.chassis.service.settings import load
from services.matcher.bootstrap import SERVICE
from services.matcher.settings import Settings
from tests.support.fakes import FakeBroker


def _health(tmp_path: Path, broker: FakeBroker, **settings: str) -> tuple[str, dict[str, str]]:
    environ = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": f"sqlite:///{tmp_path}/m.db",
        "BROKER_URL": f"embedded://{tmp_path}/b.db",
    } | settings
    parts = SERVICE.parts(load(Settings, environ), broker=broker)
    try:
        status, details = parts.health.report()
        return status, dict(details)
    finally:
        parts.engine.dispose()


def test_a_service_with_all_its_dependencies_is_ok(tmp_path: Path) -> None:
    assert _health(tmp_path, FakeBroker()) == ("ok", {"database": "ok", "broker": "ok"})


def test_a_service_without_its_broker_is_degraded(tmp_path: Path) -> None:
    status, details = _health(tmp_path, FakeBroker(away=True))
    assert (status, details["database"]) == ("degraded", "ok")
    assert details["broker"] != "ok"


def test_a_service_without_redis_is_degraded(tmp_path: Path) -> None:
    status, details = _health(tmp_path, FakeBroker(), REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert (status, details["database"]) == ("degraded", "ok")
    assert details["redis"] != "ok"


def test_a_service_without_its_database_is_unready(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    status, details = _health(tmp_path, FakeBroker(), DATABASE_URL=f"sqlite:///{file}/m.db")
    assert status == "unready"
    assert details["database"] != "ok"
