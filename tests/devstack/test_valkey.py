from pathlib import Path

import psutil
import pytest
from valkey.asyncio import Valkey as Client
from valkey.exceptions import ValkeyError

from devstack.valkey import Valkey


async def test_it_comes_back_at_the_same_address_and_remembers_nothing(folder: Path):
    server = Valkey(folder)
    await server.start()
    url = server.url
    async with Client.from_url(url) as client:
        await client.set("lap", "1")
        assert await client.get("lap") == b"1"
    server.kill()
    await server.start()
    assert server.url == url
    async with Client.from_url(url) as client:
        assert await client.get("lap") is None
    await server.stop()


async def test_nobody_enters_without_the_password(folder: Path):
    async with Valkey(folder) as server, Client.from_url(f"redis://127.0.0.1:{server.port}") as client:
        with pytest.raises(ValkeyError, match="Authentication required"):
            await client.ping()


async def test_it_listens_on_127_0_0_1_alone_and_leaves_no_process(folder: Path, running):
    async with Valkey(folder) as server:
        listening = [
            c.laddr for p in running() for c in p.net_connections(kind="all") if c.status == psutil.CONN_LISTEN
        ]
        assert listening == [("127.0.0.1", server.port)]
    assert running() == []
