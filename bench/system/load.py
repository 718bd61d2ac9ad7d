"""Send requests as fast as they are answered, or at a steady rate independent of the answers."""

import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Body = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """One answer: status (0: none), seconds since the request was due, and the body."""

    status: int
    seconds: float
    body: Any


def as_fast_as_answered(url: str, path: str, bodies: Sequence[Body], clients: int) -> tuple[list[Answer], float]:
    """Send bodies from ``clients`` threads that wait for each answer; return the answers and the total seconds."""
    return _run(url, path, bodies, clients, lambda _: time.perf_counter())


def at_a_rate(url: str, path: str, bodies: Sequence[Body], rate: float) -> tuple[list[Answer], float]:
    """Send ``rate`` bodies a second. Latency counts from when a request was due, also if a client was late."""
    began = time.perf_counter() + 0.2
    return _run(url, path, bodies, 64, lambda number: began + number / rate)


def _run(
    url: str, path: str, bodies: Sequence[Body], clients: int, due: Callable[[int], float]
) -> tuple[list[Answer], float]:
    answers: list[Answer | None] = [None] * len(bodies)
    numbers = iter(range(len(bodies)))
    lock = threading.Lock()

    def work() -> None:
        connection = http.client.HTTPConnection(urlsplit(url).hostname or "", urlsplit(url).port, timeout=60)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return connection.close()
            at = due(number)
            time.sleep(max(0.0, at - time.perf_counter()))
            answers[number] = _ask(connection, path, bodies[number], at)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer for answer in answers if answer is not None], time.perf_counter() - began


def _ask(connection: http.client.HTTPConnection, path: str, body: Body, due: float) -> Answer:
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    try:
        connection.request("POST", path, json.dumps(body).encode(), headers)
        answer = connection.getresponse()
        raw = answer.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return Answer(0, time.perf_counter() - due, None)
    return Answer(answer.status, time.perf_counter() - due, json.loads(raw) if answer.status < 400 else None)
