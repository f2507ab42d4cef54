"""The one door to the network. Everything behind it speaks HTTPS with the gateway, and with nobody else.

What comes back through it is one of three things: the answer, a `GatewayRefused` (the gateway said no, in problem
details with a code), or a `GatewayUnreachable` (anything else: no network, no answer in time, a proxy's error page,
a body that makes no sense). Only the second is ever a reason to change what the client believes.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import platform
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeVar
from urllib.parse import urlsplit

import aiohttp
import msgspec

from desktop_client.answers import GatewayFailure, GatewayRefused, GatewayUnreachable, read, refuse, sentence
from desktop_client.patience import Breaker, Pauses

__all__ = ["BadAddress", "Fetched", "Gateway", "GatewayFailure", "GatewayRefused", "GatewayUnreachable"]

Answer = TypeVar("Answer")
Method = Literal["GET", "POST", "PUT", "DELETE"]

TIMEOUT_S: Final = 15.0
CONNECT_S: Final = 6.0
TRIES: Final = 3
WORTH_ANOTHER_TRY: Final = frozenset({429, 500, 502, 503, 504})
LONGEST_ASKED_WAIT_S: Final = 5.0  # a longer Retry-After is the caller's to plan with


class BadAddress(ValueError):
    """The gateway's address, or the certificate authority's file, cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body with its `etag`, as a conditional GET brings it."""

    etag: str
    body: bytes


class Gateway:
    """One gateway. Make and close it on the loop that uses it."""

    def __init__(
        self,
        address: str,
        authority: Path | None = None,
        *,
        version: str = "0",
        timeout_s: float = TIMEOUT_S,
        first_pause_s: float = 0.25,
        breaker: Breaker | None = None,
    ) -> None:
        """`authority`: a PEM file to trust instead of the system's authorities. Raises BadAddress."""
        self.address = _checked(address)
        self.breaker = breaker or Breaker()
        self._trust = _trust(authority)
        self._timeout_s, self._first_pause_s = timeout_s, first_pause_s
        self._headers = {"user-agent": f"RaceOverlay/{version} ({platform.system()} {platform.machine()})"}
        self._http: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def call(
        self,
        method: Method,
        path: str,
        answer: type[Answer],
        *,
        body: msgspec.Struct | msgspec.Raw | None = None,
        token: str | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        idempotent: bool | None = None,
        timeout_s: float | None = None,
    ) -> Answer:
        """Ask, and read the answer as `answer` (`type(None)` for an answer without a body). A raw body is JSON already.

        A GET is asked again after a failure, with jittered pauses; a POST only if the caller says `idempotent`.

        Raises:
            GatewayRefused, GatewayUnreachable.
        """
        again = method == "GET" if idempotent is None else idempotent
        reply = await self._ask(method, path, body, token, query, headers, again, timeout_s)
        if answer is type(None):
            return None  # type: ignore[return-value]  # what `answer` says
        try:
            return msgspec.json.decode(reply.body, type=answer)
        except msgspec.DecodeError as error:
            raise GatewayUnreachable(f"The answer to {method} {path} makes no sense: {error}") from error

    async def fetch(self, path: str, *, etag: str | None = None, token: str | None = None) -> Fetched | None:
        """The body at `path`, or None while `etag` is still its current version. Raises like `call`."""
        headers = {"if-none-match": etag} if etag else {}
        reply = await self._ask("GET", path, None, token, None, headers, True, None)
        return None if reply.status == 304 else Fetched(reply.etag, reply.body)

    @contextlib.asynccontextmanager
    async def stream(
        self, path: str, *, token: str | None, headers: Mapping[str, str], silence_s: float
    ) -> AsyncIterator[aiohttp.StreamReader]:
        """An answer without an end, line by line; TimeoutError inside after `silence_s` seconds without a byte.

        Raises:
            GatewayRefused, GatewayUnreachable: also from inside, when the connection is lost.
        """
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=silence_s)
        try:
            async with self._session().get(
                self.address + path, headers=_with_token(headers, token), timeout=timeout, allow_redirects=False
            ) as reply:
                if reply.status != 200 or reply.content_type != "text/event-stream":
                    await refuse(reply)
                self.breaker.answered()
                yield reply.content
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise GatewayUnreachable(sentence(error)) from error

    async def _ask(
        self,
        method: Method,
        path: str,
        body: msgspec.Struct | msgspec.Raw | None,
        token: str | None,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        again: bool,
        timeout_s: float | None,
    ) -> _Reply:
        pauses = Pauses(self._first_pause_s, LONGEST_ASKED_WAIT_S)
        sent = _with_token(headers or {}, token)
        content = None
        if body is not None:
            content = msgspec.json.encode(body)
            sent["content-type"] = "application/json"
        timeout = aiohttp.ClientTimeout(total=timeout_s or self._timeout_s, sock_connect=CONNECT_S)
        for tries_left in range(TRIES - 1 if again else 0, -1, -1):
            try:
                return await self._once(method, path, content, query, sent, timeout)
            except GatewayRefused as refusal:
                wait = refusal.retry_after or 0
                if not tries_left or refusal.status not in WORTH_ANOTHER_TRY or wait > LONGEST_ASKED_WAIT_S:
                    raise
            except GatewayUnreachable:
                wait = 0
                if not tries_left or self.breaker.waits_s():
                    raise
            await asyncio.sleep(pauses.next(at_least_s=wait))
        raise AssertionError("the last try returns or raises")

    async def _once(
        self,
        method: Method,
        path: str,
        content: bytes | None,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str],
        timeout: aiohttp.ClientTimeout,
    ) -> _Reply:
        if (wait := self.breaker.waits_s()) > 0:
            raise GatewayUnreachable(f"The gateway did not answer; it will be asked again in {wait:.0f} s.")
        self.breaker.take_turn()
        try:
            async with self._session().request(
                method,
                self.address + path,
                data=None if content is None else io.BytesIO(content),  # which is sent piece by piece
                params=query,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as reply:
                if not (200 <= reply.status < 300 or reply.status == 304):
                    await refuse(reply)
                taken = _Reply(reply.status, reply.headers.get("etag", ""), await read(reply))
        except GatewayRefused as refusal:
            # A gateway that says "unavailable" answers; only silence and broken answers open the breaker.
            self.breaker.answered() if refusal.status < 502 else self.breaker.failed()
            raise
        except GatewayUnreachable:
            self.breaker.failed()
            raise
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.breaker.failed()
            raise GatewayUnreachable(sentence(error)) from error
        self.breaker.answered()
        return taken

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            connector = aiohttp.TCPConnector(ssl=self._trust, limit=8)
            self._http = aiohttp.ClientSession(
                connector=connector, headers=self._headers, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._http


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    etag: str
    body: bytes


def _checked(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        raise BadAddress(f"The gateway's address must begin with https:// and name a host; {address!r} does not.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise BadAddress("The gateway's address must not hold a user, a query or a fragment.")
    return address.rstrip("/")


def _trust(authority: Path | None) -> ssl.SSLContext:
    try:
        trust = ssl.create_default_context(cafile=authority)
    except (OSError, ssl.SSLError) as error:
        raise BadAddress(f"The certificate authority in {authority} cannot be read: {error}.") from error
    trust.minimum_version = ssl.TLSVersion.TLSv1_2
    return trust


def _with_token(headers: Mapping[str, str], token: str | None) -> dict[str, str]:
    return {**headers, "authorization": f"Bearer {token}"} if token else dict(headers)
