from pathlib import Path

import nats
import psutil
import pytest
from nats.errors import Error

from devstack.nats import Nats


async def test_what_a_stream_holds_survives_a_crash(folder: Path):
    server = Nats(folder)
    await server.start()
    url = server.url
    client = await nats.connect(url)
    await client.jetstream().add_stream(name="events", subjects=["user.*"])
    await client.jetstream().publish("user.registered", b"{}")
    await client.close()
    server.kill()
    await server.start()
    assert server.url == url
    client = await nats.connect(url)
    assert (await client.jetstream().stream_info("events")).state.messages == 1
    await client.close()
    await server.stop()


async def test_nobody_enters_without_the_password(folder: Path):
    async with Nats(folder) as server:
        with pytest.raises(Error, match="Authorization Violation"):
            await nats.connect(f"nats://127.0.0.1:{server.port}", allow_reconnect=False)


async def test_it_listens_on_127_0_0_1_alone_and_leaves_no_process(folder: Path, running):
    async with Nats(folder) as server:
        listening = [
            c.laddr for p in running() for c in p.net_connections(kind="all") if c.status == psutil.CONN_LISTEN
        ]
        assert listening == [("127.0.0.1", server.port)]
    assert running() == []
