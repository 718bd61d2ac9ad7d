"""Read the deployment files as values: the role, image and environment of each container."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.local.layout import ROLES, SERVICES

DEPLOY = Path(__file__).parents[2] / "deploy"
KUBERNETES = DEPLOY / "kubernetes"


@dataclass(frozen=True)
class Container:
    """One container: its service (None for other servers), role and environment."""

    name: str
    service: str | None
    role: str | None
    environment: Mapping[str, str]


def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def compose_containers() -> Iterator[Container]:
    for name, container in compose()["services"].items():
        owner = next((service for service in SERVICES if container.get("image") == f"cairn-{service}"), None)
        role = container["command"][0] if owner else None
        environment = {key: _expanded(value) for key, value in container.get("environment", {}).items()}
        yield Container(name, owner, role, environment)


def kubernetes_containers() -> Iterator[Container]:
    """Yield the containers as kustomize assembles them: the shared roles for each service, with all its settings."""
    for service in SERVICES:
        settings = _literals(KUBERNETES / "service") | _literals(KUBERNETES / service)
        pod = every_role()["spec"]["template"]["spec"]
        yield Container(f"{service}-migrate", service, "migrate", settings | _variables(pod["initContainers"][0]))
        for name in ROLES:
            role = settings | _variables(pod["containers"][0])
            for patch in role_patches(service, name):
                for container in patch.get("containers", []):
                    role |= _variables(container)
            yield Container(f"{service}-{name}", service, name, role)


def every_role() -> Any:
    """Return the part that all Deployments share."""
    return yaml.safe_load((KUBERNETES / "service" / "every-role.yaml").read_text(encoding="utf-8"))


def role_patches(service: str, role: str) -> list[Any]:
    """Return the pod specifications by which a service changes one role, in order."""
    patches = [patch for patch in kustomization(service)["patches"] if re.fullmatch(_name(patch), role)]
    return [yaml.safe_load(patch["patch"])["spec"]["template"]["spec"] for patch in patches]


def mounted_keys(service: str, role: str) -> set[str]:
    """Return the keys of the service's Secret that a role mounts."""
    (items,) = [volume["secret"]["items"] for volume in _volumes(every_role()) if "items" in volume.get("secret", {})]
    for patch in role_patches(service, role):
        for volume in patch.get("volumes", []):
            items = volume["secret"].get("items", items)
    return {item["key"] for item in items}


def _volumes(deployment: Any) -> list[Any]:
    volumes: list[Any] = deployment["spec"]["template"]["spec"]["volumes"]
    return volumes


def _name(patch: Any) -> str:
    return str(patch["target"].get("name", ".*"))


def _variables(container: Any) -> dict[str, str]:
    return {variable["name"]: variable["value"] for variable in container.get("env", [])}


def documents(folder: str) -> list[Any]:
    """Return every resource that a folder's kustomization names."""
    names = kustomization(folder)["resources"]
    files = [KUBERNETES / folder / name for name in names if name.endswith(".yaml")]
    return [document for file in files for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))]


def kustomization(folder: str) -> Any:
    return yaml.safe_load((KUBERNETES / folder / "kustomization.yaml").read_text(encoding="utf-8"))


def _literals(folder: Path) -> dict[str, str]:
    generators = kustomization(folder.name).get("configMapGenerator", [])
    return dict(literal.split("=", 1) for generator in generators for literal in generator["literals"])


def _expanded(value: Any) -> str:
    """Return a value with each ``${NAME:-default}`` of compose replaced by its default."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))


def nginx_routes() -> tuple[dict[str, str], str]:
    """Return the routes of nginx: first path segment -> service, and the service of all other paths."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    block = r"location %s \{\s*proxy_pass http://(\w+);\s*\}"
    named = re.findall(block % r"~ \^/\(([\w|-]+)\)\(\?:/\|\$\)", text)
    (front,) = re.findall(block % "/", text)
    return {segment: service for segments, service in named for segment in segments.split("|")}, front


def ingress_routes() -> tuple[dict[str, str], str]:
    """Return the same for the ingress, without the closed paths."""
    (ingress,) = (document for document in documents(".") if document["kind"] == "Ingress")
    (rule,) = ingress["spec"]["rules"]
    routes = {
        path["path"].strip("/"): path["backend"]["service"]["name"].removesuffix("-api")
        for path in rule["http"]["paths"]
        if path["pathType"] == "Prefix"
    }
    return routes, routes.pop("")
