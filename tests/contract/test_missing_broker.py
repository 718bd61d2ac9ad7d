"""A broker that is not there raises ``BrokerUnavailable``, whatever is asked of it, and no attempt leaves anything."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.server import free_port
from tests.support.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
USES = """
import gc, os, sys, threading
from services.chassis.broker.open_broker import open_broker
from services.chassis.broker.protocol import BrokerUnavailable, TopicPartition
from tests.contract.brokers import a_topic

broker = open_broker(sys.argv[1], settings={"bootstrap_timeout_ms": 300})
for use in (
    lambda: broker.ping(),
    lambda: broker.ensure_topics([a_topic()]),
    lambda: broker.producer().send("letters", b"ana", b"1").result(1),
    lambda: broker.consumer("readers", ["letters"]).poll(0.1),
    lambda: broker.reader().record(TopicPartition("letters", 0), 0),
):
    try:
        use()
    except BrokerUnavailable:
        print("unavailable")
"""
AGAIN = """
def held():
    gc.collect()  # closes the sockets of attempts that failed
    return threading.active_count(), len(os.listdir("/dev/fd"))

uses = (
    broker.ping, broker.reader, lambda: broker.ensure_topics([a_topic()]), lambda: broker.consumer("r", ["letters"])
)
counts = []
for use in uses * 2:
    try:
        use()
    except BrokerUnavailable:
        counts.append(held())
print(len(counts), len(set(counts)))
"""


@pytest.mark.parametrize("kind", ["embedded", "kafka"])
def test_a_missing_broker_raises_broker_unavailable(kind: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    url = f"embedded://{tmp_path}/file/broker.db" if kind == "embedded" else f"kafka://127.0.0.1:{free_port()}"
    assert run(USES, url).split() == ["unavailable"] * 5


def test_attempts_to_reach_a_missing_kafka_keep_no_thread_and_no_file_open() -> None:
    counted = run(USES + AGAIN, f"kafka://127.0.0.1:{free_port()}").splitlines()[-1]
    assert counted == "8 1"


def run(program: str, url: str) -> str:
    """Return what a program prints in a process of its own, whose threads and files are its own."""
    command = [sys.executable, "-c", program, url]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=True).stdout
