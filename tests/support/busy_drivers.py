"""Many drivers at work on a cloud that things happen to, and everything that they were answered."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec
from cloud_stack import CloudStack
from laps import circuit, upload_of

from contracts.auth import TokenPair
from contracts.event import new_id
from contracts.problem import ProblemDetails

PAUSE_S = (0.1, 0.5)  # between an answer and the next question
_PATIENCE = aiohttp.ClientTimeout(total=30)  # more than the gateway ever takes: whoever hangs is found hanging
_LAP = msgspec.to_builtins(upload_of(circuit(points=12)))


@dataclass(frozen=True)
class Answer:
    """What came of one call. `status` is 0 where no connection could be had or it broke."""

    driver: int
    call: str
    asked_at: float
    seconds: float
    status: int
    retry_after: int | None = None
    code: str | None = None
    cache_status: str = ""

    @property
    def upstream(self) -> str:
        return self.call.split("/")[1]

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300 or self.status == 304

    @property
    def is_refusal(self) -> bool:
        """The cloud said that it cannot just now, and when to come again."""
        return self.status in (429, 503) and self.retry_after is not None


@dataclass
class Log:
    """All answers, in the order in which they came, and what was wrong with some."""

    answers: list[Answer] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def since(self, moment: float, *upstreams: str) -> list[Answer]:
        """What was asked since that moment (of time.monotonic), of any of `upstreams` or of all."""
        return [a for a in self.answers if a.asked_at >= moment and (not upstreams or a.upstream in upstreams)]


class Driver:
    """One account, one device; asks one thing at a time. What it may expect to find again it remembers."""

    def __init__(self, number: int, pair: TokenPair) -> None:
        self.number = number
        self.log = Log()
        self._pair = pair
        self._chance = random.Random(number)
        self._device = f"device-{number:04d}-{pair.user.id.hex[:8]}"
        self._names = 0
        self._name_kept: str | None = None
        self._names_uncertain: set[str] = set()
        self._uploads: list[str] = []
        self._upload_again: str | None = None
        self._refresh_again = False
        self._calls: list[tuple[int, Callable[[aiohttp.ClientSession], Awaitable[None]]]] = [
            (4, self._status),
            (3, self._latest),
            (3, self._me),
            (2, self._tracks),
            (2, self._devices),
            (2, self._refresh),
            (2, self._rename_device),
            (1, self._upload),
        ]

    async def work(self, http: aiohttp.ClientSession, stopping: asyncio.Event) -> None:
        """One call after the other, until `stopping` is set and the last one is answered."""
        weights, calls = zip(*self._calls, strict=True)
        while not stopping.is_set():
            if self._refresh_again:
                call = self._refresh
            elif self._upload_again:
                call = self._upload
            else:
                (call,) = self._chance.choices(calls, weights)
            await call(http)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), self._chance.uniform(*PAUSE_S))

    async def find_again(self, http: aiohttp.ClientSession) -> list[str]:
        """What was confirmed and is not there, in words."""
        lost = []
        for upload in self._uploads:
            status, _ = await self._ask(http, "GET", f"/tracks/uploads/{upload}")
            if status != 200:
                lost.append(f"upload {upload} of driver {self.number}: {status}")
        status, said = await self._ask(http, "GET", "/license/devices")
        names = {device["name"] for device in said["devices"]} if status == 200 else set()
        may_be = {self._name_kept, *self._names_uncertain} - {None}
        if self._name_kept and not (names and names <= may_be):
            lost.append(f"the device of driver {self.number} is called {names}, and not one of {may_be}")
        await self._refresh(http)
        if self._refresh_again:
            lost.append(f"driver {self.number} is signed out")
        return lost

    async def has_all_verdicts(self, http: aiohttp.ClientSession) -> bool:
        """Whether every lap that was taken in has been judged."""
        for upload in self._uploads:
            status, said = await self._ask(http, "GET", f"/tracks/uploads/{upload}")
            if status != 200 or said["status"] == "received":
                return False
        return True

    async def _status(self, http: aiohttp.ClientSession) -> None:
        status, said = await self._ask(http, "GET", "/license/status")
        self._expect(status != 200 or (said["valid"] and said["plan"] == "free"), f"licence {said}")

    async def _latest(self, http: aiohttp.ClientSession) -> None:
        status, said = await self._ask(http, "GET", "/versions/latest?current=0.0.1")
        self._expect(status != 200 or said["release"]["version"] == "0.1.0", f"release {said}")

    async def _me(self, http: aiohttp.ClientSession) -> None:
        status, said = await self._ask(http, "GET", "/auth/me")
        self._expect(status != 200 or said["id"] == str(self._pair.user.id), f"somebody else: {said}")

    async def _tracks(self, http: aiohttp.ClientSession) -> None:
        status, said = await self._ask(http, "GET", "/tracks?game=f1&track_id=nowhere")
        self._expect(status != 200 or said == {"tracks": []}, f"tracks {said}")

    async def _devices(self, http: aiohttp.ClientSession) -> None:
        status, said = await self._ask(http, "GET", "/license/devices")
        names = {device["name"] for device in said["devices"]} if status == 200 else set()
        may_be = {self._name_kept, *self._names_uncertain}
        self._expect(status != 200 or names <= may_be, f"devices {names}, not of {may_be}")

    async def _refresh(self, http: aiohttp.ClientSession) -> None:
        # A token whose successor got lost on the way gives the same one again for a minute.
        token = self._pair.refresh_token
        status, said = await self._ask(http, "POST", "/auth/refresh", json={"refresh_token": token})
        self._refresh_again = status != 200
        if status == 200:
            self._pair = msgspec.convert(said, TokenPair)

    async def _rename_device(self, http: aiohttp.ClientSession) -> None:
        self._names += 1
        name = f"name {self._names}"
        device = {"id": self._device, "name": name, "platform": "linux", "public_key": "A" * 43}
        self._names_uncertain.add(name)  # until it is confirmed; it may be read before that
        status, _ = await self._ask(http, "POST", "/license/activate", json={"device": device})
        if status == 200:
            self._name_kept = name
        if status not in (0, 503, 504):
            self._names_uncertain.discard(name)

    async def _upload(self, http: aiohttp.ClientSession) -> None:
        key = self._upload_again or new_id().hex
        status, said = await self._ask(http, "POST", "/tracks/upload", json=_LAP, headers={"idempotency-key": key})
        self._upload_again = None if status == 202 else key
        if status == 202:
            self._uploads.append(said["upload_id"])

    def _expect(self, is_so: bool, otherwise: str) -> None:
        if not is_so:
            self.log.wrong.append(f"driver {self.number}: {otherwise}")

    async def _ask(
        self, http: aiohttp.ClientSession, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> tuple[int, Any]:
        """Status and JSON; 0 and None where there was no answer."""
        asked_at = time.monotonic()
        call = f"{method} {path.partition('?')[0]}"
        headers = {"authorization": f"Bearer {self._pair.access_token}", **(headers or {})}
        try:
            async with http.request(method, path, headers=headers, timeout=_PATIENCE, **more) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            self.log.answers.append(Answer(self.number, call, asked_at, time.monotonic() - asked_at, 0))
            return 0, None
        problem = msgspec.json.decode(body, type=ProblemDetails) if answer.status >= 400 else None
        retry_after = answer.headers.get("retry-after")
        self.log.answers.append(
            Answer(
                self.number,
                call,
                asked_at,
                time.monotonic() - asked_at,
                answer.status,
                retry_after=int(retry_after) if retry_after else None,
                code=problem.code if problem else None,
                cache_status=answer.headers.get("cache-status", ""),
            )
        )
        return answer.status, msgspec.json.decode(body) if body else None


class Field:
    """All drivers of one cloud. They stay signed in from one test to the next."""

    def __init__(self, stack: CloudStack, drivers: list[Driver]) -> None:
        self._stack = stack
        self.drivers = drivers

    @contextlib.asynccontextmanager
    async def driving(self) -> AsyncIterator[Log]:
        """They all work meanwhile, and finish what they are at before it ends."""
        log = Log()
        for driver in self.drivers:
            driver.log = log
        stopping = asyncio.Event()
        async with self._stack.browser() as http, asyncio.TaskGroup() as working:
            for driver in self.drivers:
                working.create_task(driver.work(http, stopping))
            try:
                yield log
            finally:
                stopping.set()

    async def have_all_verdicts(self) -> bool:
        async with self._stack.browser() as http:
            return all(await asyncio.gather(*(driver.has_all_verdicts(http) for driver in self.drivers)))

    async def find_again(self) -> list[str]:
        """All that was confirmed to anybody and is not there."""
        async with self._stack.browser() as http:
            return [line for lost in await asyncio.gather(*(d.find_again(http) for d in self.drivers)) for line in lost]


async def signed_in(stack: CloudStack, count: int) -> Field:
    """So many drivers, each with an account that was registered, proved by mail and signed in to."""
    accounts = await stack.new_drivers(*(f"busy{number}" for number in range(count)))
    at_once = asyncio.Semaphore(8)
    async with stack.browser() as http:

        async def sign_in(number: int, email: str, password: str) -> Driver:
            async with at_once, http.post("/auth/login", json={"email": email, "password": password}) as answer:
                assert answer.status == 200, await answer.text()
                return Driver(number, msgspec.json.decode(await answer.read(), type=TokenPair))

        return Field(stack, await asyncio.gather(*(sign_in(n, *account) for n, account in enumerate(accounts))))
