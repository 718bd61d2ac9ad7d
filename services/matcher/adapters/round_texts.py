"""Store the texts of rounds in tables; parts that rounds share are stored once (content-defined chunking).

A text comes in pieces (a person, a reason), and from one rolling round to the next nearly all of them are the same.
About 32 neighbours make a chunk: it ends after a piece whose checksum is a multiple of 32, so that chunk borders do not
depend on earlier changes. A chunk is stored once per programme, by the SHA-256 of its text; a round holds the numbers
of its chunks, and joining these gives the stored text byte for byte.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import TypeVar

import sqlalchemy as sa

from services.matcher.adapters import tables as t

T = TypeVar("T")
_C = t.round_chunks.c
_PIECES = 32  # in a chunk, on average
_LONGEST = 8 * _PIECES
_AT_ONCE = 500  # rows in one statement


class RoundTexts:
    """Stores and reads texts. Changes lock the programme, so that no chunk is deleted while another round reuses it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def keep(self, programme_id: str, pieces: Sequence[str]) -> bytes:
        """Store a text given in pieces; return the packed chunk numbers, for ``read``."""
        self.lock(programme_id)
        chunks = [(sha256(chunk).hexdigest(), chunk) for chunk in _chunks(pieces)]
        known = self._known(programme_id, sorted({digest for digest, _ in chunks}))
        known |= self._add(programme_id, {digest: chunk for digest, chunk in chunks if digest not in known})
        return _packed([known[digest] for digest, _ in chunks])

    def read(self, held: bytes | None) -> str:
        """Return the text of packed chunk numbers; "" for None."""
        numbers = numbers_in(held)
        texts = dict(self._contents(_C.chunk_id.in_(batch) for batch in _batches(sorted(set(numbers)))))
        return "".join(texts[number] for number in numbers)

    def lock(self, programme_id: str) -> None:
        """Lock the rounds of a programme against other changes until the transaction ends."""
        row = sa.select(t.programmes.c.programme_id).where(t.programmes.c.programme_id == programme_id)
        self._connection.execute(row.with_for_update())

    def naming(self, programme_id: str, words: str) -> set[int]:
        """Return the numbers of the chunks that contain ``words``."""
        return {number for number, text in self._contents([_C.programme_id == programme_id]) if words in text}

    def drop_unused(self, programme_id: str) -> None:
        """Delete the chunks that no round of a programme uses any more."""
        self.lock(programme_id)
        held = sa.select(t.rounds.c.read, t.rounds.c.result).where(
            t.rounds.c.programme_id == programme_id, t.rounds.c.read.is_not(None)
        )
        used = {number for row in self._connection.execute(held) for part in row for number in numbers_in(part)}
        stored = self._connection.scalars(sa.select(_C.chunk_id).where(_C.programme_id == programme_id))
        for batch in _batches(sorted(set(stored) - used)):
            self._connection.execute(t.round_chunks.delete().where(_C.chunk_id.in_(batch)))

    def _known(self, programme_id: str, digests: Sequence[str]) -> dict[str, int]:
        known: dict[str, int] = {}
        for batch in _batches(digests):
            query = sa.select(_C.digest, _C.chunk_id).where(_C.programme_id == programme_id, _C.digest.in_(batch))
            known.update((digest, number) for digest, number in self._connection.execute(query))
        return known

    def _add(self, programme_id: str, chunks: dict[str, bytes]) -> dict[str, int]:
        if not chunks:
            return {}
        rows = [
            {"programme_id": programme_id, "digest": digest, "content": zlib.compress(chunk)}
            for digest, chunk in chunks.items()
        ]
        added = self._connection.execute(t.round_chunks.insert().returning(_C.digest, _C.chunk_id), rows)
        return {row.digest: row.chunk_id for row in added}

    def _contents(self, which: Iterable[sa.ColumnElement[bool]]) -> Iterator[tuple[int, str]]:
        for condition in which:
            for number, content in self._connection.execute(sa.select(_C.chunk_id, _C.content).where(condition)):
                yield number, zlib.decompress(content).decode()


def numbers_in(held: bytes | None) -> list[int]:
    """Return the chunk numbers that a round holds, unpacked."""
    numbers: list[int] = json.loads(zlib.decompress(held)) if held else []
    return numbers


def pieces_of(text: str) -> list[str]:
    """Return a result's canonical text in pieces, one per proposal and per person who waits."""
    for first_field in ("mentee_id", "cause"):
        text = text.replace(f'}},{{"{first_field}":', f'}}\0,{{"{first_field}":')
    return text.split("\0")


def _chunks(pieces: Sequence[str]) -> Iterator[bytes]:
    chunk: list[bytes] = []
    for piece in map(str.encode, pieces):
        chunk.append(piece)
        if zlib.crc32(piece) % _PIECES == 0 or len(chunk) == _LONGEST:
            yield b"".join(chunk)
            chunk = []
    if chunk:
        yield b"".join(chunk)


def _packed(numbers: Sequence[int]) -> bytes:
    return zlib.compress(json.dumps(numbers).encode())


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))
