"""SQLite is opened with safe settings, also by several who open one new file at once."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from services.chassis.storage.database import open_engine
from tests.support.patience import PATIENCE

PRAGMAS = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}


def test_the_folder_is_created_at_the_first_connection(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/new/shop.db")
    assert not (tmp_path / "new").exists()
    with engine.connect() as connection:
        settings = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
    assert settings == PRAGMAS
    engine.dispose()


def test_a_new_file_that_another_process_is_writing_is_waited_for(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "shop.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")  # the lock with which SQLite answers "busy" at once to a change of journal mode
    release = threading.Timer(0.3, other.rollback)
    engine = open_engine(f"sqlite:///{tmp_path}/shop.db")
    release.start()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    release.join()
    engine.dispose()
    other.close()


def test_many_may_open_one_new_file_at_once(tmp_path: Path) -> None:
    together = threading.Barrier(8)

    def use_new_file(name: str) -> None:
        engine = open_engine(f"sqlite:///{tmp_path}/{name}.db")
        together.wait(PATIENCE)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS parcels (id TEXT)")
        engine.dispose()

    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            list(pool.map(use_new_file, [f"shop{number}"] * 8))
