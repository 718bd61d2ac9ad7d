"""A small client of Cairn's public API: JSON, one connection per thread, retries when the server is busy."""

import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

_TRIES = 6


class Refused(Exception):
    """The API refused a request, with ``status`` and ``problem``."""

    def __init__(self, method: str, path: str, status: int, problem: Any) -> None:
        self.status = status
        self.problem = problem
        detail = problem.get("detail") if isinstance(problem, dict) else problem
        super().__init__(f"{method} {path}: {status} {detail}")


class Unreachable(Exception):
    """No server answers at the address."""


@dataclass(frozen=True)
class Answer:
    """An answer: status, headers with lower-case names, body (parsed if it is JSON)."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Client:
    """A client of one address; ``token`` may differ per call. Thread-safe."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "localhost", parts.port or 80
        self._local = threading.local()

    def close(self) -> None:
        """Close the connection of this thread."""
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()

    def get(self, path: str, *, token: str = "", **query: Any) -> Any:
        """Return the body of a GET; raise Refused for an error answer."""
        suffix = f"?{urlencode(query)}" if query else ""
        return self.call("GET", path + suffix, token=token).body

    def pages(self, path: str, *, token: str = "", **query: Any) -> Iterator[dict[str, Any]]:
        """Yield every item of a paginated list."""
        cursor: dict[str, Any] = {}
        while True:
            page = self.get(path, token=token, **(query | cursor))
            yield from page["items"]
            if not page.get("next"):
                return
            cursor = {"cursor": page["next"]}

    def post(self, path: str, body: Any = None, *, token: str = "", key: str = "", **headers: str) -> Answer:
        """Send a POST of JSON; with ``key``, repeats take effect once."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call(
            "POST", path, body=body, token=token, headers=named | ({"Idempotency-Key": key} if key else {})
        )

    def call(
        self, method: str, path: str, *, body: Any = None, token: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request; retry while the server does not answer yet or answers 429 or 503."""
        sent = {"Accept": "application/json", **(headers or {})}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        payload = None
        if body is not None:
            payload = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        for attempt in range(_TRIES):
            answer = self._once(method, path, payload, sent, last=attempt == _TRIES - 1)
            if answer is not None:
                if answer.status >= 400:
                    raise Refused(method, path, answer.status, answer.body)
                return answer
            time.sleep(0.2 * 2**attempt)
        raise Unreachable(f"{method} {path}: no answer")

    def _once(
        self, method: str, path: str, payload: bytes | None, headers: Mapping[str, str], *, last: bool
    ) -> Answer | None:
        """Return the answer, or None when a retry makes sense."""
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = http.client.HTTPConnection(self._host, self._port, timeout=30)
        try:
            connection.request(method, path, payload, dict(headers))
            response = connection.getresponse()
            raw = response.read()
        except (OSError, http.client.HTTPException) as problem:
            connection.close()
            if last:
                raise Unreachable(f"Nobody answers at http://{self._host}:{self._port}") from problem
            return None
        if response.status in (429, 503) and not last:
            return None
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, named, _parsed(raw, named.get("content-type", "")))


def _parsed(raw: bytes, content_type: str) -> Any:
    if "json" in content_type and raw:
        return json.loads(raw)
    return raw.decode("utf-8", errors="replace")
