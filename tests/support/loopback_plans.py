"""The plans of the gateway on loopback: what is on sale, what the driver has, and the computers that use it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from aiohttp import web
from loopback_answers import as_json, refusal

from contracts.license import (
    ActivatedDevice,
    Checkout,
    DeviceList,
    DeviceReference,
    Interval,
    LicenseStatus,
    Plan,
    PlanList,
    Price,
    Redirect,
    RenameDevice,
)

PAID = ("widgets", "maps.unlimited", "history", "channel.beta")
BOTH = ("stable", "beta")


def _prices(month: int, year: int) -> tuple[Price, ...]:
    return Price(Interval.MONTH, month, "eur", 14), Price(Interval.YEAR, year, "eur", 14)


ON_SALE = (
    Plan("free", "Free", 2, 7, ("widgets",), ("stable",), summary="Every overlay, on two computers."),
    Plan("pro", "Pro", 5, 7, PAID, BOTH, _prices(599, 5900), "free", "All maps, on five computers."),
    Plan("team", "Team", 15, 7, PAID, BOTH, _prices(1999, 19900), "free", "Pro for fifteen computers."),
)


class LoopbackPlans:
    """`status` is how the licence stands, whatever device asks; `devices` by id are those with a seat."""

    def __init__(self, devices: dict[str, str]) -> None:
        """`devices` are the keys that the gateway knows; the names are kept here."""
        self._keys = devices
        self.names: dict[str, str] = {}
        self.changes: dict[str, Any] = {}
        self.transfers_left = 3
        self.bought: list[Checkout] = []
        self.keys_of_purchases: list[str] = []
        self.page = "https://pay.raceoverlay.example/one"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/license/plans", self._plans),
            web.post("/license/checkout", self._checkout),
            web.post("/license/portal", self._portal),
            web.get("/license/devices", self._devices),
            web.put("/license/devices/{id}", self._rename),
            web.post("/license/deactivate", self._remove),
        ]

    def pay(self, plan: str = "pro", **more: object) -> None:
        """The driver pays at the page: this is what is said of the licence from now on."""
        renews = datetime(2027, 1, 26, tzinfo=UTC)
        told = {"plan": plan, "entitlements": PAID, "subscription_status": "active", "renews_at": renews}
        self.changes = {**told, "max_devices": 5, **more}

    def told(self, status: LicenseStatus) -> LicenseStatus:
        return msgspec.structs.replace(status, **self.changes)

    async def _plans(self, _request: web.Request) -> web.StreamResponse:
        return as_json(PlanList(ON_SALE))

    async def _checkout(self, request: web.Request) -> web.StreamResponse:
        self.bought.append(msgspec.json.decode(await request.read(), type=Checkout))
        self.keys_of_purchases.append(request.headers["idempotency-key"])
        return as_json(Redirect(self.page))

    async def _portal(self, _request: web.Request) -> web.StreamResponse:
        return as_json(Redirect("https://pay.raceoverlay.example/portal"))

    async def _devices(self, _request: web.Request) -> web.StreamResponse:
        now = datetime.now(UTC)
        when = now - timedelta(days=3), now - timedelta(hours=2)
        devices = (ActivatedDevice(key, self.names.get(key, "Computer"), "linux", *when) for key in self._keys)
        return as_json(DeviceList(tuple(devices), 5, self.transfers_left, now + timedelta(days=9)))

    async def _rename(self, request: web.Request) -> web.StreamResponse:
        device = request.match_info["id"]
        if device not in self._keys:
            return refusal(404, "device_unknown")
        self.names[device] = msgspec.json.decode(await request.read(), type=RenameDevice).name
        return web.Response(status=204)

    async def _remove(self, request: web.Request) -> web.StreamResponse:
        device = msgspec.json.decode(await request.read(), type=DeviceReference).device_id
        if device not in self._keys:
            return refusal(404, "device_unknown")
        if not self.transfers_left:
            return refusal(409, "transfers_used_up", title="Too many computers were exchanged lately.")
        self.transfers_left -= 1
        del self._keys[device]
        return web.Response(status=204)
