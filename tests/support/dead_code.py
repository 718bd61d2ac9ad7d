"""Report functions, classes, methods and imports that only tests use, or nothing: ``python -m`` this module.

Names of fields are left out: schemas and dataclasses declare data that leaves the process.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from vulture.core import Item, Vulture

ROOT = Path(__file__).parents[2]
FOLDERS = ("services", "deploy", "bench")
CALLED_BY_DECORATOR = [
    *("@*.route", "@*.get", "@*.post", "@*.before_request", "@*.after_request", "@*.app_template_filter"),  # Flask
    *("@*.listens_for", "@event.*"),  # SQLAlchemy
    *("@validates_schema", "@pre_load", "@ma.pre_load", "@post_load"),  # marshmallow
    "@atexit.register",
]
KEPT: Mapping[str, frozenset[str]] = {
    "a framework calls it by its name": frozenset(
        [
            "handle_DATA",
            "log_message",
            "setup",
            "load_config",
            "process_bind_param",
            "process_result_value",
            "load_json",
            "handle_error",
            "murder_pending",
            "gettimeout",
            "_register_error_handlers",
            "_register_responses",
            "_register_pagination_header",
        ]
    ),
    "the migrations, which are left out here, use it": frozenset(
        [
            "create_chassis_tables",
            "drop_chassis_tables",
            "create_consumer_partitions",
            "create_ended_sessions",
            "drop_ended_sessions",
            "drop_consumer_partitions",
        ]
    ),
    "a test undoes, drops or restarts with it": frozenset(
        ["migrate_down", "current_revision", "drop_database", "restart"]
    ),
    "the changes of one person that the benchmark's own assignment offers": frozenset(
        ["insert_mentor", "remove_mentor", "add_pairs"]
    ),
    "a field type that the chassis' own tests use": frozenset(["Shaped"]),
}
KINDS = {"function", "class", "method", "property", "import", "unreachable_code"}


def dead_code(folders: list[Path]) -> list[Item]:
    """Return the items that nothing in ``folders`` uses and ``KEPT`` does not name."""
    search = Vulture(ignore_decorators=CALLED_BY_DECORATOR)
    search.scavenge([str(folder) for folder in folders], exclude=["*/migrations/versions/*"])
    kept = frozenset().union(*KEPT.values())
    return [item for item in search.get_unused_code() if item.typ in KINDS and item.name not in kept]


def main() -> int:
    """Print a line for each dead name; return 1 when there is one."""
    dead = dead_code([ROOT / folder for folder in FOLDERS])
    sys.stdout.writelines(f"{item.get_report()}\n" for item in dead)
    return int(bool(dead))


if __name__ == "__main__":
    raise SystemExit(main())
