"""Who has asked how often, counted for all gateways together in one Valkey; without it, each counts alone.

Whoever asks while a question is under way waits for its answer and is then asked for with all others who came
meanwhile, in one call: the busier it is, the less each costs.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

from chassis.observability import log
from services.gateway.limits import gcra
from services.gateway.tally import Draw, OwnTally

PATIENCE_S = 0.05
RETRY_S = 1.0
MOST_AT_ONCE = 200

# The rule is limits.gcra, written once more for the server, whose clock is the only one that all gateways share. It
# answers how far ahead of the clock each key was, from which the gateway draws the same conclusion by its own rule.
# KEYS come request by request; so does ARGV: how many keys the request has, then period, burst and whether it counts.
_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local debts, key, arg = {}, 1, 1
while key <= #KEYS do
    local many = tonumber(ARGV[arg])
    local allowed, tats = true, {}
    for i = 0, many - 1 do
        local period, burst = tonumber(ARGV[arg + 3 * i + 1]), tonumber(ARGV[arg + 3 * i + 2])
        local tat = math.max(tonumber(redis.call('GET', KEYS[key + i]) or 0), now)
        debts[#debts + 1] = tat - now
        tats[i] = tat + period
        allowed = allowed and now + burst * period - tat >= period
    end
    if allowed then
        for i = 0, many - 1 do
            if ARGV[arg + 3 * i + 3] == '1' then
                local life = math.ceil((tats[i] - now) / 1000)
                redis.call('SET', KEYS[key + i], string.format('%.0f', tats[i]), 'PX', life)
            end
        end
    end
    key, arg = key + many, arg + 3 * many + 1
end
return debts
"""
_PREFIX = "{limits}:"  # one slot, where Valkey is a cluster

_Waiting = tuple[Sequence[Draw], "asyncio.Future[list[int] | None]"]


class SharedTally:
    """`url` is redis://:password@host:port, or rediss:// with TLS."""

    def __init__(
        self, url: str, alone: OwnTally, *, patience_seconds: float = PATIENCE_S, retry_seconds: float = RETRY_S
    ) -> None:
        self._alone = alone
        self._retry_seconds = retry_seconds
        self._valkey: Any = Valkey.from_url(
            url, socket_timeout=patience_seconds, socket_connect_timeout=patience_seconds
        )
        self._script = self._valkey.register_script(_SCRIPT)
        self._waiting: list[_Waiting] = []
        self._asking: asyncio.Task[None] | None = None
        self._returning: asyncio.Task[None] | None = None

    @property
    def is_shared(self) -> bool:
        """Whether the other gateways' requests are counted just now."""
        return self._returning is None

    async def open(self) -> None:
        """It need not be there: Valkey's absence is no reason to keep drivers waiting."""
        try:
            await self._valkey.ping()
        except (ValkeyError, OSError, TimeoutError) as error:
            self._go_on_alone(error)

    async def close(self) -> None:
        for task in (self._asking, self._returning):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        await self._valkey.aclose()

    async def take(self, draws: Sequence[Draw]) -> list[int]:
        if self._returning is not None:
            return await self._alone.take(draws)
        answer: asyncio.Future[list[int] | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((draws, answer))
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask(), name="limits")
        debts = await answer
        if debts is None:
            return await self._alone.take(draws)
        return [gcra(debt, 0, period, burst) for debt, (_, period, burst, _) in zip(debts, draws, strict=True)]

    async def _ask(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                await self._answer(together)
        finally:
            self._asking = None

    async def _answer(self, together: list[_Waiting]) -> None:
        keys: list[str] = []
        arguments: list[int] = []
        for draws, _ in together:
            arguments.append(len(draws))
            for key, period, burst, counts in draws:
                keys.append(_PREFIX + key)
                arguments += (period, burst, int(counts))
        debts: list[int] | None = None
        try:
            debts = await self._script(keys=keys, args=arguments)
        except (ValkeyError, OSError, TimeoutError) as error:
            self._go_on_alone(error)
        finally:
            place = 0
            for draws, answer in together:
                if not answer.done():  # who waited may be gone
                    answer.set_result(None if debts is None else debts[place : place + len(draws)])
                place += len(draws)

    def _go_on_alone(self, error: Exception) -> None:
        if self._returning is None:
            log.warning("limits.alone", error=type(error).__name__)
            self._returning = asyncio.create_task(self._return(), name="limits-return")

    async def _return(self) -> None:
        """Asks, so that no driver's request has to find out whether Valkey is back."""
        while True:
            await asyncio.sleep(self._retry_seconds)
            with contextlib.suppress(ValkeyError, OSError, TimeoutError):
                await self._valkey.ping()
                break
        self._returning = None
        log.info("limits.shared")
