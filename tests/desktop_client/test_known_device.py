"""A computer that signed in once is known at every later sign-in, and only where it signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from loopback_gateway import EMAIL, PASSWORD, LoopbackGateway, loopback_gateway

from desktop_client.gateway import Gateway
from desktop_client.known_device import KnownDevice
from desktop_client.session import Session, Stage
from desktop_client.vault import FileVault, VaultFailure

TOKEN = "a token of twenty-six letters"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LoopbackGateway]:
    async with loopback_gateway(tmp_path) as opened:
        yield opened


@pytest.fixture
async def door(server: LoopbackGateway) -> AsyncIterator[Gateway]:
    opened = Gateway(server.address, server.authority, first_pause_s=0.001)
    yield opened
    await opened.close()


async def test_the_token_of_one_sign_in_goes_with_the_next_also_after_signing_out(
    server: LoopbackGateway, door: Gateway, tmp_path: Path
) -> None:
    for _ in range(2):
        session = Session(door, FileVault(tmp_path / "secrets"), tmp_path / "lock")
        await session.sign_in(EMAIL, PASSWORD)
        await session.sign_out()
    await session.sign_in(EMAIL, PASSWORD)
    assert [login.device_token for login in server.accounts.logins] == [
        None,
        "device-token-0000",
        "device-token-0001",
    ]


async def test_each_account_and_each_gateway_has_its_own(tmp_path: Path) -> None:
    vault = FileVault(tmp_path)
    await KnownDevice(vault, "https://one.example").keep("ines@drivers.example", TOKEN)
    assert await KnownDevice(vault, "https://one.example").token(" Ines@drivers.example") == TOKEN
    assert await KnownDevice(vault, "https://one.example").token("marek@drivers.example") is None
    assert await KnownDevice(vault, "https://two.example").token("ines@drivers.example") is None


@pytest.mark.parametrize("kept", ["short", "x" * 513])
async def test_what_no_gateway_would_take_is_not_sent(tmp_path: Path, kept: str) -> None:
    known = KnownDevice(FileVault(tmp_path), "https://one.example")
    await known.keep("ines@drivers.example", kept)
    assert await known.token("ines@drivers.example") is None


class ForgetsDevices(FileVault):
    """A vault that works for everything but what makes a device known."""

    def read(self, name: str) -> str | None:
        return super().read(self._checked(name))

    def write(self, name: str, secret: str) -> None:
        super().write(self._checked(name), secret)

    def _checked(self, name: str) -> str:
        if name.startswith("known_device"):
            raise VaultFailure("It is full.")
        return name


async def test_a_vault_that_keeps_no_device_keeps_nobody_from_signing_in(
    server: LoopbackGateway, door: Gateway, tmp_path: Path
) -> None:
    session = Session(door, ForgetsDevices(tmp_path / "secrets"), tmp_path / "lock")
    for _ in range(2):
        await session.sign_in(EMAIL, PASSWORD)
    assert session.state.stage is Stage.SIGNED_IN
    assert [login.device_token for login in server.accounts.logins] == [None, None]
