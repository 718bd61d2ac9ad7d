"""Measure how long outboxes and lag take to empty after faults under load, and check that nothing was lost.

python -m bench.recovery                                # the faults of docs/performance.md, one after the other
python -m bench.recovery --faults kafka:kill:60         # what:kill|pause:seconds, several with commas
python -m bench.recovery --campaign 120 --seed 3        # random faults for 120 seconds
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from kafka.errors import KafkaError
from sqlalchemy.exc import SQLAlchemyError

from bench.stage import Fault, RealStage, SignUps, read_fault
from deploy.local.layout import ROLES, SERVICES

_FAULTS = "kafka:kill:45,postgres:kill:5,postgres:pause:15,mail:away:40,kafka:pause:10,matcher-consumer:kill:5"
_SERVERS = ("kafka", "postgres", "redis", "mail")
_PATIENCE = 600.0
_STILL = 60.0


class Watch:
    """Watches the lag of every partition, which may not stay unchanged for a minute while it is above zero."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str, int], tuple[int, float]] = {}
        self.stood: set[tuple[str, str, int]] = set()

    def look(self, lags: dict[tuple[str, str, int], int]) -> None:
        """Record which partitions progressed since the last call."""
        now = time.monotonic()
        for place, lag in lags.items():
            before, since = self._seen.get(place, (-1, now))
            if lag == 0 or lag < before or before == -1:
                self._seen[place] = (lag, now)
            elif now - since > _STILL:
                self.stood.add(place)


def until_empty(stage: RealStage, watch: Watch) -> tuple[float, float]:
    """Return the seconds until outboxes and lag are empty, and until all mails are sent."""
    began = time.monotonic()
    empty = 0.0
    while True:
        passed = time.monotonic() - began
        try:
            lags = stage.lags()
            left = stage.left(lags)
        except (KafkaError, SQLAlchemyError) as error:  # the server is still starting
            if passed > _PATIENCE:
                raise
            print(f"  {passed:5.0f} s  {type(error).__name__}", flush=True)
            continue
        watch.look(dict(lags))
        if left.empty and not empty:
            empty = passed
        if left.empty and left.mails == 0:
            return empty, passed
        if passed > _PATIENCE:
            print(f"  not empty after {passed:.0f} s: {left}", flush=True)
            return empty or passed, passed
        print(f"  {passed:5.0f} s  {left}", flush=True)
        time.sleep(1.0)


def random_faults(seconds: float, seed: int) -> Iterator[Fault]:
    """Draw kills and pauses of servers and processes until the time is over."""
    draw = random.Random(seed)
    processes = [f"{service}-{role}" for service in SERVICES for role in ROLES]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        what = draw.choice(_SERVERS) if draw.random() < 0.5 else draw.choice(processes)
        yield Fault(what, draw.choice(("kill", "pause")), draw.uniform(0.5, 8.0))
        time.sleep(draw.uniform(0.5, 3.0))


def report(stage: RealStage, people: SignUps, watch: Watch, empty: float, mails: float) -> int:
    """Print the results; return 1 when an acknowledged sign-up was lost or a consumer stopped."""
    lost = {service: people.acknowledged - stage.known(service) for service in ("matcher", "notifications")}
    times = sorted(people.seconds)
    print(
        f"sign-ups             {len(people.acknowledged)} acknowledged, {people.failed} not, "
        f"median {statistics.median(times):.2f} s, p99 {times[int(len(times) * 0.99)]:.2f} s"
    )
    print(f"lost                 {', '.join(f'{len(ids)} in {service}' for service, ids in lost.items())}")
    print(f"outboxes, lag empty  {empty:.0f} s after the last fault")
    print(f"no mail waits        {mails:.0f} s after the last fault")
    print(f"stood still          {len(watch.stood)} partitions for more than {_STILL:.0f} s")
    print(f"built anew           {stage.counted('cairn_consumer_rebuilt_total'):.0f} consumers of those that run now")
    print(f"dead letters         {stage.counted('cairn_dead_letters_total'):.0f}")
    return 1 if watch.stood or any(lost.values()) else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Start everything, cause the faults under load, and report how long recovery took."""
    parser = argparse.ArgumentParser(prog="python -m bench.recovery", description=__doc__)
    parser.add_argument("--faults", default=_FAULTS, help="what:kill|pause:seconds, several with commas")
    parser.add_argument("--campaign", type=float, default=0.0, help="instead: random faults for so many seconds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=15.0, help="sign-ups a second")
    options = parser.parse_args(arguments)
    faults = [read_fault(text) for text in options.faults.split(",")]
    with tempfile.TemporaryDirectory(prefix="recovery-", ignore_cleanup_errors=True) as folder, ExitStack() as stack:
        stage = RealStage(Path(folder), stack)
        people, watch = SignUps(stage, options.rate), Watch()
        count = 0
        with people.going_on():
            time.sleep(5.0)
            for fault in random_faults(options.campaign, options.seed) if options.campaign else faults:
                print(f"{fault.what} {fault.how} {fault.seconds:.1f} s", flush=True)
                fault.happen(stage)
                count += 1
                time.sleep(0.0 if options.campaign else 2.0)
        print(f"{count} faults, the last one over; waiting until everything is done", flush=True)
        empty, mails = until_empty(stage, watch)
        return report(stage, people, watch, empty, mails)


if __name__ == "__main__":
    raise SystemExit(main())
