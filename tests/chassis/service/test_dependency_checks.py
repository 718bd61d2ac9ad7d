"""The checks of dependencies have loaded what they need before a thread runs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE

ROOT = Path(__file__).parents[3]
LOADED = """
import sys
from services.chassis.broker.open_broker import open_broker
from services.chassis.service.dependency_checks import dependency_checks
from services.chassis.storage.database import open_engine

folder, redis_url = sys.argv[1:]
dependency_checks(open_engine(f"sqlite:///{folder}/a.db"), open_broker(f"embedded://{folder}/b.db"), redis_url)
print("redis" in sys.modules)
"""


@pytest.mark.parametrize(("redis_url", "loaded"), [("redis://localhost:1", "True"), ("", "False")])
def test_the_client_of_redis_is_loaded_with_the_check_and_only_then(
    redis_url: str, loaded: str, tmp_path: Path
) -> None:
    # Two threads that need it at once would otherwise see a module that is only half there: an api refused to start.
    command = [sys.executable, "-c", LOADED, str(tmp_path), redis_url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stdout.strip() == loaded
