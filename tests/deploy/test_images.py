"""The content of images and of the Kubernetes base, tested without a container engine."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.layout import ROLES, SERVICES
from tests.deploy.manifests import DEPLOY, KUBERNETES, kubernetes_containers, mounted_keys
from tests.support.patience import PATIENCE

ROOT = DEPLOY.parent
DOCKERFILE = (DEPLOY / "docker/Dockerfile").read_text(encoding="utf-8")


def copied(service: str) -> list[tuple[Path, Path]]:
    """Return source and target of each path that the Dockerfile copies from the repository for a service."""
    lines = re.findall(r"^COPY (?!--)(\S+) (\S+)$", DOCKERFILE, re.MULTILINE)
    return [(Path(a.replace("${SERVICE}", service)), Path(b.replace("${SERVICE}", service))) for a, b in lines]


def lay_out_image(folder: Path, service: str) -> None:
    """Copy the content of a service's image into a folder."""
    for source, target in copied(service):
        destination = folder / target if target.name else folder / source.name
        destination.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, destination, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, destination)


@pytest.mark.slow
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_runs_with_the_content_of_its_image(service: str, tmp_path: Path) -> None:
    lay_out_image(tmp_path, service)
    others = {path.name for path in (tmp_path / "services").iterdir()} & set(SERVICES)
    assert others == {service}
    modules = ["bootstrap", "consumer", "schedule", "api", "pages", "use_cases", "adapters"]
    script = "\n".join(
        [
            "import sys, importlib",
            f"for module in {modules!r}: importlib.import_module('services.{service}.' + module)",
            f"from services.{service}.bootstrap import SERVICE",
            "assert '\"openapi\"' in SERVICE.openapi_document()",
            "SERVICE.main(['migrate'])",
        ]
    )
    environment = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": f"sqlite:///{tmp_path}/own.db",
        "BROKER_URL": f"embedded://{tmp_path}/broker.db",
        "MAIL_URL": f"maildir://{tmp_path}/mails",
    }
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "own.db").exists()


def test_the_build_of_the_matchers_image_fails_without_its_compiled_core() -> None:
    assert '"${SERVICE}" = matcher' in DOCKERFILE
    assert "-m services.matcher.solver.native.build && ls build/kernel/*.so" in DOCKERFILE


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl, which renders the base, is not on this machine")
def test_the_rendered_base_has_the_containers_that_the_other_tests_read() -> None:
    done = subprocess.run(
        ["kubectl", "kustomize", str(KUBERNETES)],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},  # no account, no cluster
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    rendered = {(item["kind"], item["metadata"]["name"]): item for item in yaml.safe_load_all(done.stdout)}
    assert {name for kind, name in rendered if kind == "Deployment"} == {f"{s}-{r}" for s in SERVICES for r in ROLES}
    for expected in kubernetes_containers():
        migrates = expected.role == "migrate"
        for role in ROLES if migrates else [expected.role or ""]:
            spec = rendered["Deployment", f"{expected.service}-{role}"]["spec"]["template"]["spec"]
            (container,) = spec["initContainers" if migrates else "containers"]
            assert container["image"].startswith(f"cairn-{expected.service}:")
            assert container["args"] == [expected.role]
            assert _environment(rendered, container) == expected.environment
            assert _keys(spec) == mounted_keys(expected.service or "", role)
    for service in SERVICES:
        for role in ROLES:
            budget = rendered["PodDisruptionBudget", f"{service}-{role}"]["spec"]["selector"]["matchLabels"]
            assert (
                budget.items() <= rendered["Deployment", f"{service}-{role}"]["spec"]["selector"]["matchLabels"].items()
            )
    for service in SERVICES:
        selector = rendered["Service", f"{service}-api"]["spec"]["selector"]
        labels = rendered["Deployment", f"{service}-api"]["spec"]["template"]["metadata"]["labels"]
        assert selector.items() <= labels.items()
        assert selector["app.kubernetes.io/name"] == service


def _environment(rendered: Any, container: Any) -> Any:
    (source,) = container["envFrom"]
    variables = {variable["name"]: variable["value"] for variable in container["env"]}
    return rendered["ConfigMap", source["configMapRef"]["name"]]["data"] | variables


def _keys(spec: Any) -> set[str]:
    """Return the keys of the Secret that the role of a pod mounts."""
    (volume,) = (volume for volume in spec["volumes"] if volume["name"] == "secrets")
    assert volume["secret"]["secretName"].endswith("-secrets")
    return {item["key"] for item in volume["secret"]["items"]}
