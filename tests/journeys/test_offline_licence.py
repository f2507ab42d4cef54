"""A driver's licence without a network, on the real cloud: cut off, restarted, back again, and taken away from afar."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cloud_stack import CloudStack
from waiting import eventually
from wire import Wire, wire

from desktop_client.cloud import Cloud
from desktop_client.device import load_device
from desktop_client.lease_keys import VARIABLE
from desktop_client.licence import Action, Source
from desktop_client.settings import ClientSettings
from desktop_client.vault import FileVault
from devstack.desktop import lease_key


class Computer:
    """What one computer keeps, and the programs that are started on it."""

    def __init__(self, stack: CloudStack, state: Path, email: str, password: str) -> None:
        self._stack, self._state, self._email, self._password = stack, state, email, password

    @property
    def vault(self) -> FileVault:
        return FileVault(self._state / "secrets")

    @contextlib.asynccontextmanager
    async def running(self, over: Wire) -> AsyncIterator[Cloud]:
        settings = ClientSettings(
            state=self._state,
            gateway=over.address,
            ca=self._stack.ca,
            email=self._email,
            password=self._password,
        )
        client = Cloud(settings, vault=self.vault, first_pause_s=0.05)
        await client.start()
        try:
            yield client
        finally:
            await client.stop()


@pytest.fixture
async def computer(cloud: CloudStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Computer:
    monkeypatch.setenv(VARIABLE, lease_key(cloud.mail_dir.parent))
    return Computer(cloud, tmp_path / "client", *await cloud.new_driver("offline"))


@pytest.mark.timeout(300)
async def test_the_plan_goes_on_without_a_network_and_over_a_restart(cloud: CloudStack, computer: Computer) -> None:
    async with wire(cloud.gateway) as line:
        async with computer.running(line) as client:
            await eventually(lambda: client.state.licence.source is Source.GATEWAY and client.state.plan == "free")
        await line.cut()
        async with computer.running(line) as client:
            await eventually(lambda: client.state.licence.source is Source.LEASE)
            licence = client.state.licence
            assert (licence.plan, licence.entitlements, licence.days_left) == ("free", ("widgets",), 7)
            assert (licence.problem, licence.notice) == (None, None)
            await line.mend()
            await eventually(lambda: client.state.licence.source is Source.GATEWAY, within=60)
            assert client.state.plan == "free"


@pytest.mark.timeout(300)
async def test_a_device_that_is_removed_from_afar_knows_it_at_once_and_does_not_come_back_by_itself(
    cloud: CloudStack, computer: Computer
) -> None:
    async with wire(cloud.gateway) as line, computer.running(line) as client:
        await eventually(lambda: client.state.is_live and client.state.plan == "free")
        assert client.session is not None
        assert client.licence is not None
        token = await client.session.access_token()
        async with cloud.browser() as http:
            headers = {"authorization": f"Bearer {token}"}
            device = {"device_id": load_device(computer.vault).id}
            async with http.post("/license/deactivate", json=device, headers=headers) as answer:
                assert answer.status == 204
            await eventually(lambda: client.state.licence.code == "device_not_activated")
            assert client.state.licence.action is Action.ACTIVATE
            async with http.get("/license/devices", headers=headers) as answer:
                assert (await answer.json())["devices"] == []
            await client.licence.activate()
            await eventually(lambda: client.state.plan == "free")
            async with http.get("/license/devices", headers=headers) as answer:
                listed = await answer.json()
        assert ([each["id"] for each in listed["devices"]], listed["transfers_left"]) == ([device["device_id"]], 3)
