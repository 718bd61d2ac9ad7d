"""Each process loads only what its role needs: most of what a small process holds is what it has imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.memory import ROLES, SERVICES
from tests.support.patience import PATIENCE

ENGINE = {"numpy", "scipy", "networkx"}
QUIET = {"flask", "marshmallow", "alembic", "kafka", "redis"}
"""Nothing that a role without doors, migrations or a real broker and cache needs."""


def loaded_by(modules: str, names: set[str]) -> set[str]:
    """Which of some libraries a new process has loaded after these imports."""
    work = (
        "import importlib, sys\n"
        "for name in sys.argv[2:]: importlib.import_module(name)\n"
        "print(*(one for one in sys.argv[1].split(',') if one in sys.modules))"
    )
    command = [sys.executable, "-c", work, ",".join(names), *modules.split()]
    return set(subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout.split())


@pytest.mark.parametrize("service", SERVICES)
def test_background_roles_load_neither_the_engine_nor_the_web(service: str) -> None:
    for role in ("consumer", "relay", "scheduler"):
        modules = f"services.{service}.bootstrap {ROLES[role].format(service)}"
        assert loaded_by(modules, ENGINE | QUIET) == set(), role


@pytest.mark.parametrize("service", ["profiles", "notifications"])
def test_only_the_matcher_loads_the_engine(service: str) -> None:
    for role in ("api", "worker"):
        assert loaded_by(f"services.{service}.bootstrap {ROLES[role].format(service)}", ENGINE) == set(), role


def test_the_matcher_loads_scipy_and_networkx_only_when_a_question_needs_them() -> None:
    round_and_api = f"{ROLES['api']} services.{{0}}.schedule services.{{0}}.use_cases.run_round".format("matcher")
    assert loaded_by(f"services.matcher.bootstrap {round_and_api}", ENGINE) == {"numpy"}
