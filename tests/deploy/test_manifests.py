"""The files for containers agree with the code, tested without a container engine."""

import json
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from deploy.docker.make_secrets import make_secrets
from deploy.docs.settings import every_setting, settings_class, settings_page
from deploy.local.layout import FRONT, ROLES, ROUTES, SERVICES
from services.chassis.delivery.signatures import public_half
from services.chassis.service.service_settings import RelaySettings
from services.chassis.service.settings import load
from tests.deploy.manifests import (
    DEPLOY,
    KUBERNETES,
    Container,
    compose,
    compose_containers,
    documents,
    ingress_routes,
    kubernetes_containers,
    kustomization,
    nginx_routes,
)

CONTAINERS = [*compose_containers(), *kubernetes_containers()]
OURS = [container for container in CONTAINERS if container.service]
SECRETS = {setting.name for setting in every_setting() if setting.secret}
NO_PASSWORD_IN_IT = {"BROKER_URL"}  # an internal address; tested to contain no password
OWN_SECRETS = {"database_url", "migration_database_url", "event_private_key"}  # a file for each service


def _ids(container: Container) -> str:
    return container.name


def test_every_role_of_every_service_has_a_container() -> None:
    expected = {(service, role) for service in SERVICES for role in ROLES}
    composed = {(container.service, container.role) for container in compose_containers() if container.service}
    assert composed == expected | {(service, "migrate") for service in SERVICES}
    migrating = {(service, "migrate") for service in SERVICES}
    assert {(container.service, container.role) for container in kubernetes_containers()} == expected | migrating


@pytest.mark.parametrize("container", OURS, ids=_ids)
def test_every_name_in_an_environment_is_a_setting_of_that_service(container: Container) -> None:
    known = {setting.name for setting in every_setting() if container.service in setting.services}
    assert {name.removesuffix("_FILE") for name in container.environment} <= known


@pytest.mark.parametrize("container", OURS, ids=_ids)
def test_a_service_accepts_the_environment_of_its_container(container: Container, tmp_path: Path) -> None:
    make_secrets(tmp_path, "smtp://cairn:word@mail.example.org:587?starttls=1")
    environment = {
        name: _local_path(value, container.service or "", tmp_path) for name, value in container.environment.items()
    }
    settings = load(settings_class(container.service or ""), environment, role=container.role)
    assert settings.production
    assert re.fullmatch(rf"postgresql\+psycopg://{container.service}:.+/{container.service}", settings.database_url)
    assert bool(settings.migration_database_url) == (container.role == "migrate")
    if container.role == "relay":
        signer = public_half(load(RelaySettings, environment).event_private_key)
        public = json.loads((tmp_path / "event_public_keys").read_text(encoding="utf-8"))
        assert public[container.service] == [signer]


def _local_path(value: str, service: str, folder: Path) -> str:
    """Return the path of a secret on this machine instead of in a container."""
    name = Path(value).name
    if not value.startswith("/run/secrets/"):
        return value
    return str(folder / (f"{service}_{name}" if name in OWN_SECRETS else name))


@pytest.mark.parametrize("container", CONTAINERS, ids=_ids)
def test_no_manifest_contains_a_secret(container: Container) -> None:
    looks_secret = re.compile(r"PASSWORD|TOKEN|SECRET|_KEYS?$")
    for name, value in container.environment.items():
        if name.endswith("_FILE"):
            assert value.startswith("/run/secrets/")
        elif name in NO_PASSWORD_IN_IT:
            assert "@" not in value
        else:
            assert name not in SECRETS
            assert not looks_secret.search(name)


def test_every_mounted_secret_is_declared_and_created(tmp_path: Path) -> None:
    created = {path.name for path in make_secrets(tmp_path, "smtp://mail.example.org")}
    declared = compose()["secrets"]
    assert {Path(secret["file"]).name for secret in declared.values()} == created == set(declared)
    for container in compose()["services"].values():
        secrets = [
            {"source": item, "target": item} if isinstance(item, str) else item for item in container.get("secrets", [])
        ]
        mounted, sources = {item["target"] for item in secrets}, {item["source"] for item in secrets}
        read = {Path(value).name for name, value in container.get("environment", {}).items() if name.endswith("_FILE")}
        read |= {word.removeprefix("/run/secrets/") for word in container.get("command", []) if "/run/secrets/" in word}
        assert mounted - {"/docker-entrypoint-initdb.d/databases.sql"} == read
        assert sources <= set(declared)


def test_secrets_are_created_once_in_a_folder_of_their_owner(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    first = make_secrets(folder, "smtp://mail.example.org")
    previous = {path: path.read_text() for path in first}
    (folder / "index_key").unlink()
    assert make_secrets(folder, "smtp://other.example.org") == [folder / "index_key"]
    del previous[folder / "index_key"]
    assert {path: path.read_text() for path in previous} == previous
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("routes", [nginx_routes, ingress_routes])
def test_the_front_doors_have_the_routes_of_the_layout(routes: Callable[[], tuple[dict[str, str], str]]) -> None:
    assert routes() == (dict(ROUTES), FRONT)


def test_probes_use_the_port_on_which_a_role_answers() -> None:
    settings = dict(literal.split("=", 1) for literal in kustomization("service")["configMapGenerator"][0]["literals"])
    for document in documents("service"):
        if document["kind"] != "Deployment":
            continue
        (container,) = document["spec"]["template"]["spec"]["containers"]
        ports = {port["name"]: str(port["containerPort"]) for port in container["ports"]}
        expected = {"http": settings["PORT"]} if container["args"] == ["api"] else {}
        assert ports == expected | {"ops": settings["OPS_PORT"]}
        assert container["livenessProbe"]["httpGet"] == {"path": "/livez", "port": "ops"}
        assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "ops"}
    for container in compose_containers():
        if container.service and container.role != "migrate":
            probe = compose()["services"][container.name]["healthcheck"]["test"][-1]
            assert f":{container.environment['OPS_PORT']}/readyz'" in probe


@pytest.mark.parametrize("service", SERVICES)
def test_each_kubernetes_service_has_its_own_name_image_and_secrets(service: str) -> None:
    overlay = kustomization(service)
    assert overlay["resources"] == ["../service"]
    assert overlay["namePrefix"] == f"{service}-"
    assert overlay["images"][0]["newName"] == f"cairn-{service}"
    assert f"secretName: {service}-secrets" in overlay["patches"][0]["patch"]
    assert f"secretName: {service}-migration" in overlay["patches"][0]["patch"]
    for folder in (".", "service", service):
        assert all((KUBERNETES / folder / name).exists() for name in kustomization(folder)["resources"])


def test_the_image_is_hash_locked_not_root_and_independent_of_a_registry() -> None:
    text = (DEPLOY / "docker/Dockerfile").read_text(encoding="utf-8")
    last = text.rsplit("\nFROM ", 1)[1]
    assert "--require-hashes -r requirements.lock" in text
    assert re.search(r"^USER (?!0|root)\d+:\d+$", last, re.MULTILINE)
    images = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    images += [container["image"] for container in compose()["services"].values()]
    assert [name for name in images if "/" in name and re.search(r"[.:]", name.split("/", 1)[0])] == []


def test_the_settings_page_names_every_setting_and_contains_no_secret() -> None:
    page = settings_page()
    for service in SERVICES:
        settings = load(settings_class(service), _required_settings())
        for name in settings.__dataclass_fields__:
            assert f"| `{name.upper()}` |" in page
            if name.upper() in SECRETS and (value := getattr(settings, name)):
                assert value not in page


def _required_settings() -> Mapping[str, str]:
    return {
        "ENVIRONMENT": "development",
        "DATABASE_URL": "sqlite:////a-place/of-ours.db",
        "BROKER_URL": "embedded:////a-place/broker.db",
        "MAIL_URL": "maildir:///a-place/mails",
    }
