"""What an image or a cluster would get, tried as far as that goes without an engine."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.layout import SERVICES
from tests.deploy.manifests import DEPLOY, KUBERNETES, kubernetes_containers

ROOT = DEPLOY.parent
DOCKERFILE = (DEPLOY / "docker/Dockerfile").read_text(encoding="utf-8")


def copied(service: str) -> list[tuple[Path, Path]]:
    """(from, to) of what the Dockerfile copies out of the repository for a service."""
    lines = re.findall(r"^COPY (?!--)(\S+) (\S+)$", DOCKERFILE, re.MULTILINE)
    return [(Path(a.replace("${SERVICE}", service)), Path(b.replace("${SERVICE}", service))) for a, b in lines]


def an_image(folder: Path, service: str) -> None:
    """Lay out what the image of a service holds, without what Git does not know."""
    for source, target in copied(service):
        there = folder / target if target.name else folder / source.name
        there.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, there)


@pytest.mark.slow
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_stands_by_what_its_image_holds(service: str, tmp_path: Path) -> None:
    an_image(tmp_path, service)
    others = {path.name for path in (tmp_path / "services").iterdir()} & set(SERVICES)
    assert others == {service}
    rooms = ["bootstrap", "consumer", "schedule", "api", "pages", "use_cases", "adapters"]
    script = "\n".join(
        [
            "import sys, importlib",
            f"for room in {rooms!r}: importlib.import_module('services.{service}.' + room)",
            f"from services.{service}.bootstrap import SERVICE",
            "assert '\"openapi\"' in SERVICE.openapi_document()",
            "SERVICE.main(['migrate'])",
        ]
    )
    told = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/own.db",
        "BROKER_URL": f"embedded://{tmp_path}/broker.db",
        "MAIL_URL": f"maildir://{tmp_path}/mails",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=told, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "own.db").exists()


def test_the_matchers_image_holds_its_compiled_core_or_is_not_built() -> None:
    assert '"${SERVICE}" = matcher' in DOCKERFILE
    assert "-m services.matcher.solver.native.build && ls build/kernel/*.so" in DOCKERFILE


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl, which renders the base, is not on this machine")
def test_the_base_renders_to_what_the_other_tests_take_it_for() -> None:
    done = subprocess.run(
        ["kubectl", "kustomize", str(KUBERNETES)],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},  # no account of anybody's, no cluster
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    made = {(one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(done.stdout)}
    for wanted in kubernetes_containers():
        spec = made["Deployment", wanted.name]["spec"]["template"]["spec"]
        (role,), (migrate,) = spec["containers"], spec["initContainers"]
        assert role["image"] == migrate["image"] == f"cairn-{wanted.service}:latest"
        assert (role["args"], migrate["args"]) == ([wanted.role], ["migrate"])
        assert _told(made, role) == _told(made, migrate) == wanted.environment
        assert {"name": "secrets", "secret": {"secretName": f"{wanted.service}-secrets"}} in spec["volumes"]
        assert role["securityContext"]["readOnlyRootFilesystem"] is True
    for service in SERVICES:
        chosen = made["Service", f"{service}-api"]["spec"]["selector"]
        labels = made["Deployment", f"{service}-api"]["spec"]["template"]["metadata"]["labels"]
        assert chosen.items() <= labels.items()
        assert chosen["app.kubernetes.io/name"] == service


def _told(made: Any, container: Any) -> Any:
    (source,) = container["envFrom"]
    return made["ConfigMap", source["configMapRef"]["name"]]["data"]
