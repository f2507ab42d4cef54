"""The seats of the gateway on loopback: whose they are, and the leases that it signs for them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from loopback_answers import as_json, refusal
from signed_leases import LeaseMaker

from contracts.license import Activate, ActivatedDevice, Activation, Device, Lease, RenewLease, proof_statement


class LoopbackLeases:
    """`seats` is how many there are; `behind` is how far back leases are dated, `entitlements` what they say.

    `cloned` are keys that the gateway holds for copies of another computer's. `proofs` counts those that were good.
    """

    def __init__(self, devices: dict[str, str], user_id: UUID) -> None:
        """`devices` are the keys that have a seat, by their ids."""
        self.maker = LeaseMaker()
        self.behind = timedelta()
        self.entitlements: tuple[str, ...] = ("widgets", "history")
        self.plan = "pro"
        self.seats = 2
        self.cloned: set[str] = set()
        self.proofs = 0
        self.accepted: tuple[str, ...] = ()
        self._devices, self._user_id = devices, user_id
        self._described: dict[str, Device] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/license/activate", self._activate), web.post("/license/lease", self._renew)]

    async def _activate(self, request: web.Request) -> web.StreamResponse:
        asked = msgspec.json.decode(await request.read(), type=Activate)
        device = asked.device
        if device.public_key in self.cloned:
            return refusal(409, "device_cloned")
        if self._devices.get(device.id, device.public_key) != device.public_key:
            return refusal(409, "device_key_mismatch")
        if not self._is_proven(request, device.id, device.public_key, asked.proof):
            return refusal(403, "device_unproven")
        if device.id not in self._devices and len(self._devices) >= self.seats:
            return refusal(409, "device_limit_reached")
        self._devices[device.id], self._described[device.id] = device.public_key, device
        self.accepted, now = asked.accepts, datetime.now(UTC)
        shown = ActivatedDevice(device.id, device.name, device.platform, now, now)
        return as_json(Activation(shown, "free", len(self._devices), self.seats, self._lease(device.id)))

    async def _renew(self, request: web.Request) -> web.StreamResponse:
        asked = msgspec.json.decode(await request.read(), type=RenewLease)
        if asked.device_id not in self._devices:
            return refusal(404, "device_unknown")
        if not self._is_proven(request, asked.device_id, self._devices[asked.device_id], asked.proof):
            return refusal(403, "device_unproven")
        return as_json(self._lease(asked.device_id))

    def _lease(self, device_id: str) -> Lease:
        described = self._described.get(device_id)
        return self.maker.lease(
            self._user_id,
            self._devices[device_id],
            datetime.now(UTC) - self.behind,
            plan=self.plan,
            entitlements=self.entitlements,
            components=described.components if described else (),
        )

    def _is_proven(self, request: web.Request, device_id: str, public_key: str, proof: str | None) -> bool:
        token = request.headers["authorization"].removeprefix("Bearer ")
        try:
            key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
            key.verify(base64.b64decode(proof or ""), proof_statement(device_id, self._user_id, token))
        except InvalidSignature:
            return False
        self.proofs += 1
        return True
