"""``pip install .`` installs every file, and ``match`` runs with only the engine's libraries."""

import os
import subprocess
import tomllib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from deploy.local.layout import SERVICES
from services.matcher.solver.native.build import compiler
from tests.deploy.wheels import ROOT, build_wheel, environment, lend, lend_all, library, packages_of, tracked

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]

MENTEES = "id,languages,relation,diabetes_type\nana,en,self,t1d\nben,en,self,t1d\nfar,sw,self,t1d\n"
MENTORS = "id,languages,relations,diabetes_types\nkim,en,self,t1d\n"
NOTEBOOK = """
from services.matcher.adapters.notebook import match
asking = [dict(id=str(i), languages="en", relation="self", diabetes_type="t1d") for i in range(3)]
offering = [dict(id="kim", languages="en", relations="self", diabetes_types="t1d", time_zone="Europe/London")]
made = match(asking, offering, compare=("greedy", "stable", "first-come"))
print(len(made.pairs), len(made.unmatched), made.proved)
"""
SERVICE = """
from services.{service}.bootstrap import SERVICE
assert '"openapi"' in SERVICE.openapi_document()
raise SystemExit(SERVICE.main(["migrate"]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def light(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment with the wheel and the engine's libraries."""
    python = environment(tmp_path_factory.mktemp("light"), wheel)
    lend(python, [library(requirement) for requirement in project()["dependencies"]])
    return python


def project() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def run(python: Path, folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **more}
    return subprocess.run(
        [str(python), *words], cwd=folder, env=environ, capture_output=True, text=True, timeout=170, check=False
    )


def test_every_file_of_the_services_is_in_the_wheel(wheel: Path) -> None:
    packed = set(ZipFile(wheel).namelist())
    assert [name for name in tracked("services") if name not in packed] == []


def test_pip_installs_only_the_five_libraries_of_the_engine_by_default() -> None:
    metadata = project()
    engine = metadata["optional-dependencies"]["engine"]
    assert sorted(map(library, engine)) == ["langcodes", "msgspec", "networkx", "numpy", "scipy", "tzdata"]
    assert metadata["dependencies"] == engine


def test_match_runs_with_the_engine_alone(light: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(MENTEES)
    (tmp_path / "b.csv").write_text(MENTORS)
    files = ["--mentees", "a.csv", "--mentors", "b.csv"]
    done = run(light, tmp_path, "-m", "services.matcher", "match", *files, "--compare", "stable", "--out", "m.csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 matched")
    assert len((tmp_path / "m.csv").read_text().splitlines()) == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv", "m.csv"]


def test_the_notebook_runs_with_the_engine_alone(light: Path, tmp_path: Path) -> None:
    done = run(light, tmp_path, "-c", NOTEBOOK)
    assert (done.stdout, done.stderr) == ("1 2 True\n", "")


@pytest.mark.parametrize("words", [["matcher", "--help"], ["matcher", "verify-round", "x"], ["profiles", "api"]])
def test_without_the_other_libraries_the_services_name_what_to_install(
    light: Path, words: list[str], tmp_path: Path
) -> None:
    done = run(light, tmp_path, "-m", f"services.{words[0]}", *words[1:])
    assert done.returncode == 2
    assert "pip install '.[services]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_core_is_built_inside_the_package_and_found_there(wheel: Path, tmp_path: Path) -> None:
    if compiler() is None:
        pytest.skip("no C compiler here")
    python = environment(tmp_path / "env", wheel)
    lend(python, [library(requirement) for requirement in project()["dependencies"]])
    previous = sorted(path.name for path in packages_of(python).iterdir())
    built = run(python, tmp_path, "-m", "services.matcher.solver.native.build")
    found = run(python, tmp_path, "-c", "from services.matcher.solver.native import available; print(available())")
    (library_file,) = packages_of(python).glob("services/matcher/solver/native/*.so")
    assert built.stdout == f"compiled matching core: {library_file.resolve()}\n"
    assert found.stdout == "True\n"
    assert sorted(path.name for path in packages_of(python).iterdir()) == previous


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_runs_with_the_content_of_the_wheel(service: str, wheel: Path, tmp_path: Path) -> None:
    python = environment(tmp_path / "env", wheel)
    lend_all(python)
    done = run(
        python,
        tmp_path,
        "-c",
        SERVICE.format(service=service),
        ENVIRONMENT="development",
        DATABASE_URL=f"sqlite:///{tmp_path}/own.db",
        BROKER_URL=f"embedded://{tmp_path}/broker.db",
        MAIL_URL=f"maildir://{tmp_path}/mails",
    )
    assert done.returncode == 0, done.stderr[-2000:]
