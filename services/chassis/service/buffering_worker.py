"""Gunicorn's threaded worker, in which slow callers occupy no thread and are cut after a stated time.

Gunicorn reads a request in one of its threads, without a deadline: as many slow connections as threads keep everyone
else waiting. Here the main loop reads requests of all connections without blocking, and a thread gets a request when it
is complete (``IncomingRequest``). Closing is left to the loop as well. Time-outs of the socket bound what remains: a
thread that reads or writes waits for ``_RECEIVE`` or ``_SEND`` seconds at most.
"""

from __future__ import annotations

import json
import selectors
import socket
import struct
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from services.chassis.service.incoming_request import IncomingRequest

HEAD_SECONDS = 10.0
"""The longest time from the first byte of a request (or the connection) to the end of its headers."""

BODY_SECONDS = 20.0
"""The longest time from the first byte of a request to the end of its body."""

_LINGER = 2.0  # seconds that a closed connection has to read its answer
_MOST_DRAINED = 1024 * 1024  # bytes read and dropped meanwhile
_RECEIVE, _SEND = 5, 20
_PIECE = 65_536
_PROBLEMS = {
    400: ("bad_request", "This request cannot be read", "Please check how it is written."),
    408: ("too_slow", "The request took too long", "Please send it again."),
    413: ("body_too_large", "This is too large", "A body can have 64 KB at most."),
    414: ("address_too_long", "This address is too long", "Please use a shorter one."),
    431: ("headers_too_large", "The headers are too large", "Please send fewer or shorter headers."),
    501: ("not_available", "Not available", "Please send Transfer-Encoding: chunked, or a Content-Length."),
}


@dataclass
class _Slot:
    """A connection whose request is being read, and when it is cut."""

    conn: Any
    began: float
    request: IncomingRequest = field(default_factory=IncomingRequest)


@dataclass
class _Closing:
    """A connection that is closed once its peer has read the answer."""

    conn: Any
    deadline: float
    drained: int = 0


class BufferingWorker(ThreadWorker):
    """Reads requests in its loop, and runs complete ones in threads."""

    head_seconds = HEAD_SECONDS
    body_seconds = BODY_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slots: dict[Any, _Slot] = {}
        self._closing: dict[Any, _Closing] = {}
        self._look_at = 0.0

    def enqueue_req(self, conn: Any) -> None:
        """Begin to read a request; gunicorn calls this for new and for kept connections."""
        slot = _Slot(conn, time.monotonic())
        _bound_waits(conn.sock)
        conn.sock.setblocking(False)
        if conn.parser is not None:
            slot.request.add(conn.parser.unreader.take_buffered())
        self._slots[conn] = slot
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_readable, slot))
        self._advance(slot)

    def _on_readable(self, slot: _Slot, sock: socket.socket) -> None:
        piece = _receive(sock)
        if piece is None:
            return
        if not piece:
            self._forget(slot)
            self._close(slot.conn)
            return
        if not slot.request.data:
            slot.began = time.monotonic()
        slot.request.add(piece)
        self._advance(slot)

    def _advance(self, slot: _Slot) -> None:
        """Give a complete request to a thread, and refuse one that is too large."""
        request = slot.request
        if request.refused is not None:
            self._refuse(slot, request.refused)
        elif request.complete:
            self._forget(slot)
            conn = slot.conn
            conn.oversized = request.oversized
            conn.init()
            conn.parser.unreader.unread(bytes(request.data))
            conn.data_ready = True
            super().enqueue_req(conn)
        elif request.wants_continue:
            request.wants_continue = False
            _send(slot.conn.sock, b"HTTP/1.1 100 Continue\r\n\r\n")

    def _refuse(self, slot: _Slot, status: int) -> None:
        self._forget(slot)
        _send(slot.conn.sock, problem_bytes(status))
        self._linger(slot.conn)

    def _forget(self, slot: _Slot) -> None:
        self._slots.pop(slot.conn, None)
        self._unregister(slot.conn)

    def _unregister(self, conn: Any) -> None:
        try:
            self.poller.unregister(conn.sock)
        except (OSError, KeyError, ValueError):
            return

    def _close(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """Never wait in a thread for the rest of a body that was refused for its size."""
        return not conn.oversized and bool(super()._keepalive_after(conn, keepalive))  # type: ignore[misc] # newer than the stubs

    def finish_request(self, conn: Any, future: Any) -> None:
        """Keep the connection, or close it without waiting for its peer."""
        if not future.cancelled() and future.exception() is None and future.result():
            super().finish_request(conn, future)
        else:
            self._linger(conn)

    def _linger(self, conn: Any) -> None:
        """End our side; the loop drops what still comes, so that the answer is not lost, and closes soon."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            closing = _Closing(conn, time.monotonic() + _LINGER)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, closing))
        except (OSError, ValueError, KeyError):
            self._close(conn)
            return
        self._closing[conn] = closing

    def _drain(self, closing: _Closing, sock: socket.socket) -> None:
        piece = _receive(sock)
        if piece is None:
            return
        closing.drained += len(piece)
        if not piece or closing.drained > _MOST_DRAINED:
            self._end(closing)

    def _end(self, closing: _Closing) -> None:
        self._closing.pop(closing.conn, None)
        self._unregister(closing.conn)
        self._close(closing.conn)

    def murder_pending(self) -> None:
        """Cut slow requests and end closed connections; gunicorn calls this in each turn of its loop."""
        now = time.monotonic()
        if now < self._look_at:
            return
        self._look_at = now + 0.5
        for closing in [closing for closing in self._closing.values() if closing.deadline <= now]:
            self._end(closing)
        for slot in list(self._slots.values()):
            patience = self.body_seconds if slot.request.has_head else self.head_seconds
            if not slot.request.data and (not self.alive or slot.began + patience <= now):
                self._forget(slot)
                self._close(slot.conn)
            elif slot.began + patience <= now:
                self._refuse(slot, 408)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what gunicorn's parser refuses with problem details in place of its HTML."""
        answer = _Captured()
        super().handle_error(req, answer, addr, exc)  # type: ignore[arg-type] # all that it needs
        if answer.status:
            _send(client, problem_bytes(answer.status))


class _Captured:
    """Takes the answer that gunicorn would send."""

    status = 0

    def gettimeout(self) -> float:
        """Return 0.0: not blocking."""
        return 0.0

    def sendall(self, data: bytes) -> None:
        """Keep the status of the answer."""
        self.status = int(data.split(b" ", 2)[1])


def problem_bytes(status: int) -> bytes:
    """Return an answer with problem details (RFC 9457) in English: no request was read that states a language."""
    code, title, detail = _PROBLEMS.get(status, _PROBLEMS[400])
    if status >= 500 and status not in _PROBLEMS:
        code, title, detail = "unexpected", "This is our mistake", "Please try again."
    members = {"type": f"/problems/{code}", "title": title, "status": status, "code": code, "detail": detail}
    body = json.dumps(members).encode()
    head = (
        f"HTTP/1.1 {status} {title}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        f"Cache-Control: no-store\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _send(sock: socket.socket, data: bytes) -> None:
    """Send a short answer if the socket takes it at once."""
    try:
        sock.send(data)
    except OSError:
        return


def _bound_waits(sock: socket.socket) -> None:
    """Bound each wait of a thread for this socket; Unix sockets of some systems refuse it."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", _RECEIVE, 0))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", _SEND, 0))
    except OSError:
        return


def _receive(sock: socket.socket) -> bytes | None:
    """Return what has arrived, nothing when the connection has ended; None when there is nothing yet."""
    try:
        return sock.recv(_PIECE)
    except (BlockingIOError, InterruptedError):
        return None
    except OSError:
        return b""
