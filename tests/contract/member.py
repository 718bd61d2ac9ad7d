"""A group member that reads letters, prints their values and never commits: tests kill it."""

from __future__ import annotations

import json
import sys

from services.chassis.broker.open_broker import open_broker


def main(url: str, group: str, settings: str) -> None:
    with open_broker(url, "elsewhere", json.loads(settings)).consumer(group, ["letters"]) as consumer:
        while True:
            for batch in consumer.poll(0.2).values():
                for record in batch:
                    sys.stdout.write(record.value.decode() + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
