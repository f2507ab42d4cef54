"""A service that misbehaves is told from one that answers, whatever it sends, and no answer is taken for another's."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from waiting import eventually

from services.gateway.upstream_answer import BUFFERED_BYTES, Answer, BrokenOff, TooSlow, Unreachable, UpstreamError
from services.gateway.upstream_pool import Overloaded, Pool

HEAD = b"GET /laps HTTP/1.1\r\nhost: x\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Wire:
    """A server that reads a request's head and then does what the test says, again for each request."""

    def __init__(self) -> None:
        self.connections = 0
        self.requests: list[bytes] = []
        self.speak: Speak | None = None
        self.says: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                if self.speak is not None:
                    await self.speak(reader, writer)
                else:
                    writer.write(self.says[min(len(self.requests), len(self.says)) - 1])
                    await writer.drain()
        writer.close()


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def pool(wire: Wire) -> AsyncIterator[Pool]:
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    made = Pool(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", connections=2, queued=1, queue_seconds=0.1)
    yield made
    made.close()
    server.close()


async def ask(pool: Pool, *, seconds: float = 5.0, fresh: bool = False) -> Answer:
    connection = await pool.take(fresh=fresh)
    return await connection.exchange(HEAD, None, is_chunked=False, seconds=seconds)


async def body(answer: Answer) -> bytes:
    return b"".join([piece async for piece in answer.pieces()])


WHOLE = {
    "a length": (OK + b"Content-Length: 4\r\n\r\nlaps", 200, b"laps"),
    "chunks, extensions and trailers": (
        OK + b"Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nla\r\n2\r\nps\r\n0\r\nx-late: 1\r\n\r\n",
        200,
        b"laps",
    ),
    "an answer before the answer": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"
        + OK
        + b"content-length: 4\r\n\r\nlaps",
        200,
        b"laps",
    ),
    "nothing, for there is no content": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
    "nothing, for it is not modified, whatever its length": (
        b"HTTP/1.1 304 Not Modified\r\ncontent-length: 99\r\n\r\n",
        304,
        b"",
    ),
}


@pytest.mark.parametrize("how", WHOLE)
async def test_a_whole_answer_is_read_and_its_connection_used_again(pool: Pool, wire: Wire, how: str) -> None:
    said, status, expected = WHOLE[how]
    wire.says = [said]
    for _ in range(3):
        answer = await ask(pool)
        assert (answer.status, await body(answer)) == (status, expected)
        assert b"x-late" not in dict(answer.headers)
        assert b"link" not in dict(answer.headers)
    assert wire.connections == 1


BROKEN = {
    "nothing": b"",
    "half a head": OK + b"content-le",
    "no HTTP": b"\x16\x03\x01\x02\x00" * 20,
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    "two lengths": OK + b"content-length: 4\r\ncontent-length: 5\r\n\r\nlaps!",
    "a length and chunks": OK + b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length that is none": OK + b"content-length: -4\r\n\r\nlaps",
    "a head without an end": OK + b"x: " + b"a" * 100_000,
    "too many headers": OK + b"x: 1\r\n" * 200 + b"\r\n",
    "too many answers before the answer": b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
    "a line that breaks in a header": OK + b"x: a\rb\r\ncontent-length: 0\r\n\r\n",
    "a byte that is none in a header": OK + b"x: a\x00b\r\ncontent-length: 0\r\n\r\n",
}


@pytest.mark.parametrize("what", BROKEN)
async def test_a_head_that_cannot_be_read_is_no_answer(pool: Pool, wire: Wire, what: str) -> None:
    async def say_and_go(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(BROKEN[what])
        await writer.drain()
        writer.close()

    wire.speak = say_and_go
    with pytest.raises(BrokenOff):
        await ask(pool)


CUT = {
    "before its length": OK + b"content-length: 10\r\n\r\nlaps",
    "in a chunk": OK + b"transfer-encoding: chunked\r\n\r\na\r\nlaps",
    "before the last chunk": OK + b"transfer-encoding: chunked\r\n\r\n4\r\nlaps\r\n",
    "by a chunk that is none": OK + b"transfer-encoding: chunked\r\n\r\n4\r\nlaps\r\nzz\r\n",
    "in its trailers": OK + b"transfer-encoding: chunked\r\n\r\n4\r\nlaps\r\n0\r\nx: 1",
}


@pytest.mark.parametrize("where", CUT)
async def test_a_body_that_is_cut_is_not_taken_for_a_whole_one(pool: Pool, wire: Wire, where: str) -> None:
    async def say_and_go(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CUT[where])
        await writer.drain()
        writer.write_eof()  # its half of the connection alone

    wire.speak = say_and_go
    with pytest.raises(BrokenOff):
        await body(await ask(pool))


async def test_a_body_without_a_length_ends_with_its_connection(pool: Pool, wire: Wire) -> None:
    async def say_and_go(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"\r\nla")
        await writer.drain()
        writer.write(b"ps")
        writer.close()

    wire.speak = say_and_go
    assert await body(await ask(pool)) == b"laps"
    assert await body(await ask(pool)) == b"laps"
    assert wire.connections == 2


SURPLUS = {
    "a second answer": OK + b"content-length: 4\r\n\r\nlaps" + OK + b"content-length: 6\r\n\r\nforged",
    "a body that has no place": b"HTTP/1.1 204 No Content\r\n\r\nforged",
    "more than its length": OK + b"content-length: 4\r\n\r\nlapsforged",
}


@pytest.mark.parametrize("what", SURPLUS)
async def test_what_comes_behind_an_answer_is_never_anybody_elses_answer(pool: Pool, wire: Wire, what: str) -> None:
    wire.says = [SURPLUS[what], OK + b"content-length: 3\r\n\r\nown"]
    await body(await ask(pool))
    assert await body(await ask(pool)) == b"own"
    assert wire.connections == 2


async def test_what_comes_unasked_ends_an_idle_connection(pool: Pool, wire: Wire) -> None:
    unasked = asyncio.Event()

    async def say_twice(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"content-length: 3\r\n\r\nown")
        if wire.connections == 1:
            await unasked.wait()
            writer.write(OK + b"content-length: 6\r\n\r\nforged")

    wire.speak = say_twice
    assert await body(await ask(pool)) == b"own"
    unasked.set()
    await eventually(lambda: not pool._idle)
    assert await body(await ask(pool)) == b"own"


async def test_a_service_that_says_nothing_or_stops_speaking_is_too_slow(pool: Pool, wire: Wire) -> None:
    for said in (b"", OK, OK + b"content-length: 10\r\n\r\nlaps"):
        wire.says = [said]
        wire.requests.clear()
        with pytest.raises(TooSlow):
            await body(await ask(pool, seconds=0.05, fresh=True))


async def test_an_answer_that_is_not_read_is_not_gathered(pool: Pool, wire: Wire) -> None:
    sent = 0

    async def pour(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(OK + b"content-length: %d\r\n\r\n" % (64 << 20))
        for _ in range(1024):
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536

    wire.speak = pour
    answer = await ask(pool)
    await eventually(lambda: answer._buffered > BUFFERED_BYTES)
    assert sent < 32 << 20
    size = 0
    async for piece in answer.pieces():
        size += len(piece)
        assert answer._buffered <= BUFFERED_BYTES + (1 << 20)
    assert size == 64 << 20


async def test_a_body_is_sent_piece_by_piece_and_whole(pool: Pool, wire: Wire) -> None:
    received = b""

    async def read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal received
        received = await reader.readuntil(b"0\r\n\r\n")
        writer.write(OK + b"content-length: 0\r\n\r\n")

    async def pieces() -> AsyncIterator[bytes]:
        yield b"la"
        yield b"ps"

    wire.speak = read
    connection = await pool.take()
    head = b"POST /laps HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    assert (await connection.exchange(head, pieces(), is_chunked=True, seconds=5)).status == 200
    assert received == b"2\r\nla\r\n2\r\nps\r\n0\r\n\r\n"


async def test_an_answer_before_the_end_of_the_body_is_given_and_ends_the_connection(pool: Pool, wire: Wire) -> None:
    never = asyncio.Event()
    let_go = asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        try:
            yield b"la"
            await never.wait()
        finally:
            let_go.set()

    wire.says = [b"HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n\r\nbig"]
    connection = await pool.take()
    answer = await connection.exchange(HEAD, pieces(), is_chunked=True, seconds=5)
    assert (answer.status, await body(answer)) == (413, b"big")
    async with asyncio.timeout(5):
        await let_go.wait()
    assert await body(await ask(pool)) == b"big"
    assert wire.connections == 2


async def test_what_the_body_raises_is_raised_and_its_connection_is_not_used_again(pool: Pool, wire: Wire) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"la"
        raise LookupError("cut off")

    wire.says = [OK + b"content-length: 0\r\n\r\n"]

    async def wait(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    wire.speak = wait
    connection = await pool.take()
    with pytest.raises(LookupError):
        await connection.exchange(HEAD, pieces(), is_chunked=True, seconds=5)
    wire.speak = None
    assert (await ask(pool)).status == 200
    assert wire.connections == 2


async def test_whoever_gives_up_frees_the_place_and_harms_nobody_else(pool: Pool, wire: Wire) -> None:
    async def wait(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    wire.speak = wait
    asking = [asyncio.create_task(ask(pool)) for _ in range(2)]
    await eventually(lambda: len(wire.requests) == 2)
    with pytest.raises(Overloaded):
        await ask(pool)
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    wire.speak, wire.says = None, [OK + b"content-length: 4\r\n\r\nlaps"]
    assert [await body(await ask(pool)) for _ in range(5)] == [b"laps"] * 5


async def test_beyond_its_connections_and_its_queue_a_service_is_overloaded_at_once(pool: Pool, wire: Wire) -> None:
    go_on = asyncio.Event()

    async def wait(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await go_on.wait()
        writer.write(OK + b"content-length: 4\r\n\r\nlaps")

    wire.speak = wait
    pool._queue_seconds = 10
    asking = [asyncio.create_task(ask(pool)) for _ in range(3)]
    await eventually(lambda: len(wire.requests) == 2 and len(pool._queue) == 1)
    with pytest.raises(Overloaded):
        await ask(pool)
    go_on.set()
    assert [await body(answer) for answer in await asyncio.gather(*asking)] == [b"laps"] * 3
    assert pool._taken == 0


async def test_when_the_service_is_given_up_those_who_only_read_need_not_wait(pool: Pool, wire: Wire) -> None:
    async def wait(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    wire.speak = wait
    connection = await pool.take()
    connection.may_be_asked_again = True
    asking = asyncio.create_task(connection.exchange(HEAD, None, is_chunked=False, seconds=60))
    await eventually(lambda: wire.requests)
    pool.abandon()
    with pytest.raises(Unreachable):
        await asking


async def test_a_probe_needs_no_place_and_takes_any_answer(pool: Pool, wire: Wire) -> None:
    wire.says = [b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n", b""]
    await asyncio.gather(pool.take(), pool.take())
    await pool.probe(b"/healthz", seconds=5)
    assert wire.requests[0].startswith(b"GET /healthz HTTP/1.1\r\n")
    with pytest.raises(UpstreamError):
        await pool.probe(b"/healthz", seconds=0.05)


@pytest.mark.parametrize("address", ["https://x:1", "x:1", "http://", "http://x:1/path"])
def test_an_address_is_a_host_and_a_port(address: str) -> None:
    with pytest.raises(ValueError, match="is not http://host:port"):
        Pool(address)
