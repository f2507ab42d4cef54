"""The services behind the gateway, and the one HTTP client that asks them."""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping

import aiohttp
from yarl import URL

from services.gateway.policy import Upstream

CONNECTIONS = 512
CONNECTIONS_EACH = 128
CONNECT_S = 2.0
# Well before the servers close an idle connection, or a request would be sent into one that is just closing.
KEEP_ALIVE_S = 10.0


class Upstreams:
    """`addresses` are base URLs. Answers are handed on as they come: not decoded, not followed, not kept."""

    def __init__(self, addresses: Mapping[Upstream, str]) -> None:
        self._addresses = {upstream: address.rstrip("/") for upstream, address in addresses.items()}
        self._client: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=CONNECTIONS, limit_per_host=CONNECTIONS_EACH, keepalive_timeout=KEEP_ALIVE_S
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("accept", "accept-encoding", "user-agent", "content-type"),
        )

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def ask(
        self,
        upstream: Upstream,
        method: str,
        target: str,
        *,
        headers: list[tuple[str, str]],
        body: bytes | AsyncIterable[bytes] | None,
        seconds: float,
    ) -> aiohttp.ClientResponse:
        """Send a request and return its answer as soon as its head is there; the caller closes it.

        `seconds` count from the end of the body, and again between the pieces of the answer.

        Raises:
            aiohttp.ClientError, TimeoutError: it cannot be reached, broke off, or thinks for too long.
        """
        assert self._client is not None
        return await self._client.request(
            method,
            URL(self._addresses[upstream] + target, encoded=True),
            headers=headers,
            data=body,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_S, sock_read=seconds),
        )
