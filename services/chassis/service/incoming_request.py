"""Decide when the bytes of an HTTP/1.1 request are complete, without parsing more than that needs.

Gunicorn's parser decides what a request says. This only decides when to call it: it never waits for a body that the
parser would refuse, or that is larger than the app reads.
"""

from __future__ import annotations

import re

MOST_HEAD = 64 * 1024
"""The most bytes before the body; longer heads get 431, or 414 when the address alone is longer than a line may be."""

MOST_BODY = 64 * 1024
"""A larger body is not waited for: the app refuses it by its length."""

LONGEST_LINE = 4094
"""The most bytes of the request line, as gunicorn has it."""

_MOST_RAW = 4 * MOST_BODY  # of a chunked body with its sizes
_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d{1,19})[ \t]*(?=\r\n)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding[ \t]*:[ \t]*chunked[ \t]*(?=\r\n)", re.IGNORECASE)
_CONTINUE = re.compile(rb"\r\nexpect[ \t]*:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(;.*)?")


class IncomingRequest:
    """The bytes of a request as they come.

    ``complete`` is set when a parser can read them without waiting, ``refused`` when they are refused with this status,
    ``oversized`` when the body is larger than ``MOST_BODY``, and ``wants_continue`` when the caller waits for a 100.
    """

    def __init__(self) -> None:
        self.data = bytearray()
        self.complete = False
        self.oversized = False
        self.refused: int | None = None
        self.wants_continue = False
        self._body_at: int | None = None
        self._length = 0
        self._chunk_at: int | None = None
        self._payload = 0

    @property
    def has_head(self) -> bool:
        """Return whether the headers are complete."""
        return self._body_at is not None

    def add(self, piece: bytes) -> None:
        """Add bytes that have arrived."""
        seen = len(self.data)
        self.data += piece
        if self._body_at is None:
            self._look_for_head(max(0, seen - 3))
        if self._body_at is not None and not self.complete:
            self._look_for_body(self._body_at)
        if self.complete:
            self.wants_continue = False

    def _look_for_head(self, start: int) -> None:
        end = self.data.find(b"\r\n\r\n", start)
        if end < 0 or end > MOST_HEAD:
            if len(self.data) > MOST_HEAD:
                self.refused = 431 if b"\r\n" in self.data[: LONGEST_LINE + 2] else 414
            return
        head = bytes(self.data[: end + 2])
        self._body_at = end + 4
        lengths = _LENGTH.findall(head)
        if _CHUNKED.search(head) and not lengths:
            self._chunk_at = self._body_at
        elif len(lengths) == 1:
            self._length = int(lengths[0])
        self.wants_continue = _CONTINUE.search(head) is not None

    def _look_for_body(self, body_at: int) -> None:
        if self._chunk_at is not None:
            self._look_for_chunks(self._chunk_at)
            return
        self.oversized = self._length > MOST_BODY
        self.complete = self.oversized or len(self.data) >= body_at + self._length

    def _look_for_chunks(self, at: int) -> None:
        """Walk over the chunks that have arrived whole."""
        while not self.complete and (end := self.data.find(b"\r\n", at)) >= 0:
            size = _SIZE.fullmatch(bytes(self.data[at:end]))
            if size is None:
                self.complete = True  # the parser refuses it
            elif int(size[1], 16) == 0:
                self.complete = self.data.find(b"\r\n\r\n", end) >= 0
                break
            else:
                after = end + 2 + int(size[1], 16) + 2
                if len(self.data) < after:
                    break
                at = after
                self._payload += int(size[1], 16)
                self.oversized = self.complete = self._payload > MOST_BODY
        self._chunk_at = at
        if not self.complete and len(self.data) - (self._body_at or 0) > _MOST_RAW:
            self.refused = 413
