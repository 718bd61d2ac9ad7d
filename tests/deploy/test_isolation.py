"""In containers each process has the secrets, the networks and the rights that it needs, and no others."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from itertools import combinations
from typing import Any

import pytest
import yaml

from deploy.docs.settings import settings_class
from deploy.local.layout import ROLES, SERVICES
from services.chassis.service.service_settings import RelaySettings
from services.chassis.service.settings import is_needed
from tests.deploy.manifests import (
    DEPLOY,
    KUBERNETES,
    Container,
    compose,
    compose_containers,
    documents,
    every_role,
    kubernetes_containers,
    kustomization,
    mounted_keys,
)

OURS = [container for container in [*compose_containers(), *kubernetes_containers()] if container.service]
COMPOSED: dict[str, Any] = compose()["services"]
ROOT_AT_FIRST = {"postgres", "redis"}  # their images start as root and change to an account of their own


# -- secrets ----------------------------------------------------------------------------------------------------------


def needed(service: str, role: str) -> set[str]:
    """Return the settings that a process takes from files: its database, and the secrets that its role needs."""
    fields = dataclasses.fields(settings_class(service))
    secrets = {field.name.upper() for field in fields if not is_needed(field, "no role") and is_needed(field, role)}
    more = {
        "api": {"REDIS_URL"},
        "migrate": {"MIGRATION_DATABASE_URL"},
        "relay": {field.name.upper() for field in dataclasses.fields(RelaySettings)} - {"ENVIRONMENT"},
    }
    return secrets | {"DATABASE_URL"} | more.get(role, set())


@pytest.mark.parametrize("container", OURS, ids=lambda container: container.name)
def test_each_role_is_given_exactly_the_secrets_that_it_needs(container: Container) -> None:
    given = {name.removesuffix("_FILE") for name in container.environment if name.endswith("_FILE")}
    assert given == needed(container.service or "", container.role or "")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("role", ROLES)
def test_a_pod_mounts_only_the_keys_of_its_role(service: str, role: str) -> None:
    assert mounted_keys(service, role) == {name.lower() for name in needed(service, role)}
    pod = every_role()["spec"]["template"]["spec"]
    mounts = {mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
    assert mounts == {"secrets", "scratch"}  # and not the account that owns the tables


def test_a_relay_knows_only_its_database_and_the_key_that_signs_events() -> None:
    assert needed("profiles", "relay") == {"DATABASE_URL", "EVENT_PRIVATE_KEY"}
    assert "CONTACT_KEYS" in needed("notifications", "worker") - needed("notifications", "consumer")


# -- containers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMPOSED)
def test_a_composed_container_can_write_nothing_take_nothing_and_grow_only_so_far(name: str) -> None:
    container = COMPOSED[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "cpus", "pids_limit"} <= set(container)
    assert not {"privileged", "network_mode", "pid", "ipc", "devices"} & set(container)
    assert bool(container.get("cap_add")) == (name in ROOT_AT_FIRST)
    assert {"NET_ADMIN", "SYS_ADMIN", "NET_RAW", "SYS_PTRACE"}.isdisjoint(container.get("cap_add", []))
    assert ("ports" in container) == (name == "front-door")


def test_every_image_that_is_not_built_here_has_a_full_version() -> None:
    images = [container["image"] for container in COMPOSED.values() if "build" not in container]
    assert len(images) == 4
    for image in images:
        assert re.search(r":\d+\.\d+(\.\d+)?$", image), image
    dockerfile = (DEPLOY / "docker/Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^ARG PYTHON=3\.11\.\d+$", dockerfile, re.MULTILINE)
    version = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert {kustomization(service)["images"][0]["newTag"] for service in SERVICES} == {version}


def test_every_pod_meets_the_restricted_standard_with_limits() -> None:
    (namespace,) = (document for document in documents(".") if document["kind"] == "Namespace")
    for mode in ("enforce", "audit", "warn"):
        assert namespace["metadata"]["labels"][f"pod-security.kubernetes.io/{mode}"] == "restricted"
    pod = every_role()["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in (*pod["initContainers"], *pod["containers"]):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert set(container["resources"]["limits"]) == {"cpu", "memory"}


def test_every_role_has_a_disruption_budget() -> None:
    budgets = [document for document in documents("service") if document["kind"] == "PodDisruptionBudget"]
    assert {budget["spec"]["selector"]["matchLabels"]["role"] for budget in budgets} == set(ROLES)
    assert {budget["spec"]["maxUnavailable"] for budget in budgets} == {1}


# -- networks ---------------------------------------------------------------------------------------------------------


def test_composed_containers_share_a_network_only_where_they_talk() -> None:
    expected = {frozenset({"front-door", f"{service}-api"}) for service in SERVICES}
    for service in SERVICES:
        expected |= {frozenset({"postgres", f"{service}-{role}"}) for role in (*ROLES, "migrate")}
        expected |= {frozenset({"kafka", f"{service}-{role}"}) for role in ROLES}
        expected.add(frozenset({"redis", f"{service}-api"}))
    servers = {"front-door", "postgres", "kafka", "redis"}
    pairs = {
        frozenset(pair)
        for pair in combinations(COMPOSED, 2)
        if set(COMPOSED[pair[0]]["networks"]) & set(COMPOSED[pair[1]]["networks"])
    }
    outside = {name for name, container in COMPOSED.items() if "outside" in container["networks"]}
    assert outside == {"front-door", "notifications-worker"}  # people come in, mails go out
    to_servers = {pair for pair in pairs if pair & servers} - {frozenset(outside)}
    assert to_servers == expected
    networks = compose()["networks"]
    assert {name for name, network in networks.items() if not network.get("internal")} == {"outside"}
    data = {
        name: {c for c, container in COMPOSED.items() if f"{name}-data" in container["networks"]} for name in SERVICES
    }
    for service, members in data.items():
        assert members == {"postgres", *(f"{service}-{role}" for role in (*ROLES, "migrate"))}


PART = {"app.kubernetes.io/part-of": "cairn"}
API, KAFKA, REDIS = PART | {"role": "api"}, {"cairn.server": "kafka"}, {"cairn.server": "redis"}
OUTSIDE = "0.0.0.0/0 except 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16"


def flow(pods: dict[str, str], direction: str, peer: dict[str, str] | str, *ports: str) -> tuple[str, ...]:
    """Return a flow as comparable text: whose, in which direction, with whom, on which ports."""
    shown = peer if isinstance(peer, str) else str(sorted(peer.items()))
    return str(sorted(pods.items())), direction, shown, *sorted(ports)


def expected_flows() -> set[tuple[str, ...]]:
    flows = {
        flow({}, "egress", "namespace kube-system", "UDP 53", "TCP 53"),
        flow(API, "ingress", "namespace ingress-nginx", "TCP 8000"),
        flow(PART, "ingress", "namespace monitoring", "TCP 8001"),
        flow(PART, "egress", KAFKA, "TCP 9092"),
        flow(KAFKA, "ingress", PART, "TCP 9092"),
        flow(API, "egress", REDIS, "TCP 6379"),
        flow(REDIS, "ingress", API, "TCP 6379"),
        flow(PART | {"app.kubernetes.io/name": "notifications", "role": "worker"}, "egress", OUTSIDE, "TCP 587"),
    }
    for service in SERVICES:
        own, database = PART | {"app.kubernetes.io/name": service}, {"cairn.database": service}
        flows |= {flow(own, "egress", database, "TCP 5432"), flow(database, "ingress", own, "TCP 5432")}
    return flows


def policies() -> list[Any]:
    found = [document for document in documents(".") if document["kind"] == "NetworkPolicy"]
    everywhere = [
        document
        for file in KUBERNETES.rglob("*.yaml")
        if file.name != "kustomization.yaml"
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))
        if document["kind"] == "NetworkPolicy"
    ]
    assert len(everywhere) == len(found)
    return found


def _peer(peer: Any) -> dict[str, str] | str:
    (kind,) = peer
    if kind == "ipBlock":
        return f"{peer[kind]['cidr']} except {' '.join(peer[kind]['except'])}"
    labels: dict[str, str] = peer[kind]["matchLabels"]
    return labels if kind == "podSelector" else f"namespace {labels['kubernetes.io/metadata.name']}"


def test_nothing_is_open_but_the_listed_flows() -> None:
    flows = set()
    for policy in policies():
        spec = policy["spec"]
        for direction, side in (("ingress", "from"), ("egress", "to")):
            assert (direction.title() in spec["policyTypes"]) or direction not in spec
            for rule in spec.get(direction, []):
                ports = [f"{port['protocol']} {port['port']}" for port in rule["ports"]]
                pods = spec["podSelector"].get("matchLabels", {})
                flows |= {flow(pods, direction, _peer(peer), *ports) for peer in rule[side]}
    assert flows == expected_flows()


def test_everything_else_is_denied() -> None:
    (deny,) = (policy["spec"] for policy in policies() if policy["metadata"]["name"] == "default-deny")
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
