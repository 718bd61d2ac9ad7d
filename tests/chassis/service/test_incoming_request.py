"""A request is given to the app when it is complete, however its bytes come, and never later than the parser needs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.service.incoming_request import LONGEST_LINE, MOST_BODY, MOST_HEAD, IncomingRequest

HEAD = b"POST /x HTTP/1.1\r\nHost: x\r\n"
REQUESTS = {
    "no body": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "no headers": b"GET / HTTP/1.1\r\n\r\n",
    "a length": HEAD + b"content-LENGTH:5\r\n\r\nhello",
    "an empty body": HEAD + b"Content-Length: 0\r\n\r\n",
    "chunks": HEAD + b"Transfer-Encoding: Chunked\r\n\r\n3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
    "chunks with a trailer": HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nh\r\n0\r\nX: y\r\n\r\n",
    "a body that looks like the end of chunks": HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n7\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n",
}
LEFT_TO_THE_PARSER = {
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "a length and chunks": HEAD + b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
    "no number": HEAD + b"Content-Length: five\r\n\r\n",
    "another coding": HEAD + b"Transfer-Encoding: gzip\r\n\r\n",
    "no chunk size": HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "a negative length": HEAD + b"Content-Length: -5\r\n\r\n",
}


def after(*pieces: bytes) -> IncomingRequest:
    request = IncomingRequest()
    for piece in pieces:
        request.add(piece)
    return request


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_complete_with_its_last_byte_and_not_before(name: str) -> None:
    raw, request = REQUESTS[name], IncomingRequest()
    states = []
    for place in range(len(raw)):
        request.add(raw[place : place + 1])
        states.append(request.complete)
    assert states == [False] * (len(raw) - 1) + [True]
    assert bytes(request.data) == raw
    assert [request.refused, request.oversized] == [None, False]


@given(st.sampled_from(sorted(REQUESTS)), st.lists(st.integers(1, 40)))
def test_a_request_is_complete_in_whatever_pieces_it_comes(name: str, sizes: list[int]) -> None:
    raw, request = REQUESTS[name], IncomingRequest()
    rest = raw
    for size in sizes:
        request.add(rest[:size])
        rest = rest[size:]
        assert request.complete == (not rest)
    request.add(rest)
    assert request.complete


@pytest.mark.parametrize("name", LEFT_TO_THE_PARSER)
def test_what_the_parser_refuses_is_not_waited_for(name: str) -> None:
    assert after(LEFT_TO_THE_PARSER[name]).complete


def test_the_next_request_may_follow_at_once() -> None:
    raw = REQUESTS["chunks"] + REQUESTS["a length"]
    assert after(raw).complete
    assert bytes(after(raw).data) == raw


def test_a_body_that_is_too_large_is_not_waited_for() -> None:
    by_length = after(HEAD + b"Content-Length: %d\r\n\r\n" % (MOST_BODY + 1))
    assert [by_length.complete, by_length.oversized] == [True, True]
    at_limit = after(HEAD + b"Content-Length: %d\r\n\r\n" % MOST_BODY)
    assert not at_limit.complete
    in_chunks = after(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"4000\r\n" + b"x" * 0x4000 + b"\r\n"] * 5)
    assert [in_chunks.complete, in_chunks.oversized, in_chunks.refused] == [True, True, None]


def test_a_body_of_tiny_chunks_is_refused() -> None:
    assert after(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * (MOST_BODY - 1)).refused == 413
    assert after(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1" * 5 * MOST_BODY).refused == 413


def test_an_endless_head_is_refused() -> None:
    assert after(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * MOST_HEAD).refused == 431
    assert after(b"GET /" + b"x" * MOST_HEAD).refused == 414
    assert after(b"GET / HTTP/1.1\r\nX: " + b"y" * (LONGEST_LINE * 2)).refused is None  # the parser says which is long


def test_a_caller_that_waits_to_send_its_body_is_told_to_continue() -> None:
    raw = HEAD + b"Content-Length: 5\r\nExpect: 100-Continue\r\n\r\n"
    assert after(raw).wants_continue
    assert not after(raw + b"hello").wants_continue
    assert not after(raw[:-2]).wants_continue
