"""Health and metrics are only on the port for operators, in every spelling and through every front door."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from deploy.local.front_door import open_front_door
from deploy.local.keys import local_keys
from deploy.local.layout import SERVICES, embedded_parts, service_environment
from deploy.local.process import Process, serve_role
from deploy.local.server import free_ports, wait_until
from tests.deploy.doors import ask, nginx

SPELLINGS = [
    spelling
    for path in ("metrics", "livez", "readyz")
    for spelling in (
        f"/{path}",
        f"//{path}",
        f"///{path}//",
        f"/%{ord(path[0]):02x}{path[1:]}",
        f"/./{path}",
        f"/{path}/",
        f"/{path.upper()}",
        f"/;/{path}",
        f"/{path};x",
        f"/x/../{path}",
        f"/%2e%2e/{path}",
        f"/%2f{path}",
        f"/matcher/../{path}",
        f"/profiles/%2e%2e/{path}",
        f"/{path}?x=/profiles/v1",
        f"http://localhost/{path}",
    )
]


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, int]]:
    """Run the real API of profiles and the local front door; yield the port of each, and the port for operators."""
    folder = tmp_path_factory.mktemp("doors")
    parts = embedded_parts(folder / "data")
    keys = local_keys(folder / "keys.json")
    service, ops, door = free_ports(3)
    environment = service_environment(
        "profiles", parts=parts, keys=keys, public_url=f"http://localhost:{door}", outbox=folder, extra={}
    )
    targets = ",".join(f"{name}=http://127.0.0.1:{service}" for name in SERVICES)
    processes = [
        Process(
            "profiles-api",
            serve_role,
            "profiles",
            "api",
            environment=dict(os.environ) | environment | {"PORT": str(service), "OPS_PORT": str(ops)},
            log=folder / "api.log",
            ready_url=f"http://127.0.0.1:{ops}/livez",
        ),
        Process(
            "front-door",
            open_front_door,
            environment=dict(os.environ) | {"TARGETS": targets, "PORT": str(door), "HOST": "127.0.0.1"},
            log=folder / "door.log",
            ready_url=f"http://127.0.0.1:{door}/front-door/livez",
        ),
    ]
    try:
        for process in processes:
            process.start()
        for process in processes:
            wait_until(process.is_ready, 90, process.name)
        yield {"service": service, "ops": ops, "door": door}
    finally:
        for process in processes:
            process.stop()


@pytest.fixture(scope="module")
def nginx_port(ports: Mapping[str, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder: Path = tmp_path_factory.mktemp("nginx")
    with nginx(folder, dict.fromkeys(SERVICES, ports["service"])) as port:
        yield port


def _assert_hidden(port: int, spelling: str) -> None:
    status, body = ask(port, spelling)
    assert status in {400, 404}, (spelling, body)
    assert "cairn_" not in body
    assert "database" not in body


@pytest.mark.slow
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("door", ["service", "door"])
def test_on_the_public_ports_there_is_nothing(ports: Mapping[str, int], door: str, spelling: str) -> None:
    _assert_hidden(ports[door], spelling)


@pytest.mark.slow
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_through_nginx_there_is_nothing(nginx_port: int, spelling: str) -> None:
    _assert_hidden(nginx_port, spelling)


@pytest.mark.slow
def test_on_the_port_for_operators_the_api_shows_its_health_and_its_own_requests(ports: Mapping[str, int]) -> None:
    assert ask(ports["service"], "/profiles/livez")[0] == 200
    assert ask(ports["ops"], "/livez")[0] == 200
    assert '"database"' in ask(ports["ops"], "/readyz")[1]
    status, figures = ask(ports["ops"], "/metrics")
    assert status == 200
    assert 'route="/profiles/livez"' in figures
    assert ask(ports["ops"], "/profiles/v1/people")[0] == 404


@pytest.mark.slow
def test_through_a_front_door_health_has_the_name_of_its_service_and_metrics_need_an_admin(
    ports: Mapping[str, int], nginx_port: int
) -> None:
    for port in (ports["door"], nginx_port):
        assert ask(port, "/profiles/livez")[0] == 200
        assert ask(port, "/profiles/metrics")[0] == 401
