"""A broker that is not there raises ``BrokerUnavailable``, whatever is asked of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.server import free_port
from tests.support.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
USES = """
import sys
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


@pytest.mark.parametrize("kind", ["embedded", "kafka"])
def test_a_missing_broker_raises_broker_unavailable(kind: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    url = f"embedded://{tmp_path}/file/broker.db" if kind == "embedded" else f"kafka://127.0.0.1:{free_port()}"
    # A process of its own, since kafka-python closes no socket of a failed start.
    command = [sys.executable, "-c", USES, url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stdout.split() == ["unavailable"] * 5
