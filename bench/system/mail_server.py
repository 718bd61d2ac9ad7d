"""A minimal mail server that accepts and discards every mail, so that only our side is measured."""

import asyncio
import os

_ANSWERS = {b"EHLO": b"250 bench\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 bench\r\n")
    try:
        while line := await reader.readline():
            verb = line[:4].upper()
            writer.write(_ANSWERS.get(verb, b"250 ok\r\n"))
            if verb == b"DATA":
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")
            if verb == b"QUIT":
                break
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def _listen(port: int) -> None:
    server = await asyncio.start_server(_talk, "127.0.0.1", port, limit=1 << 20)
    async with server:
        await server.serve_forever()


def serve_mail() -> int:
    """Accept mail on ``PORT`` of 127.0.0.1 until the process ends."""
    asyncio.run(_listen(int(os.environ["PORT"])))
    return 0
