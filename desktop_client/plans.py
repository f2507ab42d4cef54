"""What a driver does with a plan: see which there are, choose one, manage its payment and the computers that use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar
from urllib.parse import quote
from uuid import uuid4

import msgspec

from contracts.license import (
    Checkout,
    DeviceList,
    DeviceReference,
    Interval,
    Plan,
    PlanList,
    Redirect,
    RenameDevice,
)
from desktop_client.device import load_device
from desktop_client.gateway import Gateway, Method
from desktop_client.licence import Licence, LicenceState
from desktop_client.session import Session
from desktop_client.vault import Vault, VaultFailure

Answer = TypeVar("Answer")
PAGE_S: Final = 35.0  # the cloud itself has to ask for a page to pay at, and waits for it half a minute


class Plans:
    """All that asks raises GatewayFailure. How the plan stands is in `state`, which follows by itself."""

    def __init__(self, gateway: Gateway, session: Session, licence: Licence, vault: Vault) -> None:
        self._gateway, self._session, self._licence, self._vault = gateway, session, licence, vault

    @property
    def state(self) -> LicenceState:
        return self._licence.state

    def on_change(self, listener: Callable[[LicenceState], object]) -> None:
        """Have `listener` called with every new state."""
        self._licence.on_change(listener)

    def look_again(self) -> None:
        """Ask soon how the plan stands, whatever was heard of it."""
        self._licence.wake()

    async def offered(self) -> tuple[Plan, ...]:
        """Those that can be had, the lesser first. Nobody needs to be signed in."""
        return (await self._gateway.call("GET", "/license/plans", PlanList)).plans

    async def checkout(self, plan: str, interval: Interval) -> str:
        """The address of a page to pay at. `already_subscribed`: `portal` is the place to change the plan."""
        return await self._page("/license/checkout", Checkout(plan, interval))

    async def portal(self) -> str:
        """The address of a page to change or cancel the plan at, or the card."""
        return await self._page("/license/portal")

    async def activate(self) -> None:
        """Have a seat for this computer, because the driver wants it."""
        await self._licence.activate()

    async def devices(self) -> DeviceList:
        return await self._call("GET", "/license/devices", DeviceList)

    async def rename(self, device_id: str, name: str) -> None:
        await self._call("PUT", _path(device_id), type(None), RenameDevice(name), again=True)

    async def remove(self, device_id: str) -> None:
        await self._call("POST", "/license/deactivate", type(None), DeviceReference(device_id))

    async def this_device(self) -> str | None:
        """The id of this computer; None where it cannot be known just now."""
        try:
            return (await asyncio.to_thread(load_device, self._vault)).id
        except VaultFailure:  # damaged, or nobody may look: whoever activates says so
            return None

    async def _page(self, path: str, body: msgspec.Struct | None = None) -> str:
        # With the key, an answer that got lost is asked for once more and leads to the same page, not to a second one.
        headers = {"idempotency-key": str(uuid4())}
        redirect = await self._session.authorised(
            lambda token: self._gateway.call(
                "POST", path, Redirect, body=body, token=token, headers=headers, idempotent=True, timeout_s=PAGE_S
            )
        )
        return redirect.url

    async def _call(
        self,
        method: Method,
        path: str,
        answer: type[Answer],
        body: msgspec.Struct | None = None,
        *,
        again: bool | None = None,
    ) -> Answer:
        return await self._session.authorised(
            lambda token: self._gateway.call(method, path, answer, body=body, token=token, idempotent=again)
        )


def _path(device_id: str) -> str:
    return f"/license/devices/{quote(device_id, safe='')}"
