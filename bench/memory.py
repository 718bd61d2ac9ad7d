"""Measure the resident megabytes of each role after its imports, and of each library.

    python -m bench.memory
    python -m bench.memory --pids 812,813      # the memory of running processes

Each line is a separate process that imports only what a role imports. The second table adds one library at a time to a
process with the chassis, SQLAlchemy included; memory that libraries share counts for each of them.
"""

import argparse
import subprocess
import sys
from pathlib import Path

SERVICES = ("profiles", "matcher", "notifications")
ROLES = {
    "api": "services.{0}.api services.{0}.pages services.chassis.web.app services.chassis.service.serve",
    "worker": "services.{0}.schedule services.chassis.background.worker",
    "consumer": "services.{0}.consumer services.chassis.delivery.subscriber",
    "relay": "services.chassis.delivery.relay",
    "scheduler": "services.{0}.schedule services.chassis.background.scheduler",
    "migrate": "services.chassis.storage.migrations",
}
MORE = {  # modules that a role loads with its first job
    "matcher worker": "services.matcher.use_cases.run_round services.matcher.use_cases.find_gaps "
    "services.matcher.adapters.round_store",
}
LIBRARIES = [
    *("psycopg", "kafka", "redis", "flask", "flask_smorest", "limits", "structlog", "prometheus_client"),
    *("gunicorn.app.base", "cryptography", "jwt", "babel", "langcodes", "phonenumbers", "jsonschema_rs"),
    *("numpy", "scipy.sparse", "scipy.optimize", "networkx", "alembic"),
]
BASE = "services.chassis.service.service"


def megabytes(pid: int | str = "self") -> float:
    """Return the resident megabytes of a process."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def after_importing(modules: str) -> float | None:
    """Return the resident megabytes of a new process with these modules; None if one is not installed."""
    work = (
        "import importlib, sys\n"
        "from bench.memory import megabytes\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "print(megabytes())"
    )
    command = [sys.executable, "-c", work, *modules.split()]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    return float(ended.stdout) if ended.returncode == 0 else None


def main(arguments: list[str]) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pids", help="processes that run, with commas between them")
    asked = parser.parse_args(arguments)
    if asked.pids:
        for pid in asked.pids.split(","):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            print(f"{megabytes(pid):8.1f} MB  {command[:100]}")
        return 0
    bare = after_importing("") or 0.0
    print(f"{bare:8.1f} MB  Python itself")
    for service in SERVICES:
        for role, modules in ROLES.items():
            whole = f"services.{service}.bootstrap {modules.format(service)} {MORE.get(f'{service} {role}', '')}"
            print(f"{after_importing(whole) or 0.0:8.1f} MB  {service} {role}", flush=True)
    base = after_importing(BASE) or 0.0
    print(f"{base:8.1f} MB  the chassis, and with it:")
    for library in LIBRARIES:
        size = after_importing(f"{BASE} {library}")
        print(f"{size - base:+8.1f} MB  {library}" if size else f"{'':11}  {library} is not installed", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
