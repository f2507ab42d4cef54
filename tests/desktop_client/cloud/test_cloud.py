from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from loopback_gateway import EMAIL, PASSWORD, LoopbackGateway
from running_client import Client
from waiting import eventually

from desktop_client.device import load_device
from desktop_client.map_state import MapStage
from desktop_client.session import Stage
from desktop_client.settings import ClientSettings
from desktop_client.telemetry.frame import Frame
from desktop_client.vault import FileVault

TRACK = ("f1", "26")


async def test_a_client_without_a_gateway_works_and_asks_nobody(tmp_path: Path, seen: Callable[..., Frame]) -> None:
    client = Client(ClientSettings(state=tmp_path))
    await client.cloud.start()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.map_stage is MapStage.NOT_ASKED)
    state = client.cloud.state
    assert (state.is_configured, state.problem, state.session.problem, state.map.problem) == (False, None, None, None)
    assert not client.cloud.maps.lap_is_wanted
    await client.cloud.stop()


async def test_a_gateway_that_cannot_be_used_is_said_and_nothing_breaks(
    tmp_path: Path, seen: Callable[..., Frame]
) -> None:
    client = Client(ClientSettings(state=tmp_path, gateway="http://127.0.0.1"))
    await client.cloud.start()
    client.cloud.on_frame(seen())
    assert "must begin with https://" in (client.cloud.state.problem or "")
    await client.cloud.stop()


async def test_the_demo_account_signs_in_activates_and_listens(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    await eventually(lambda: client.cloud.state.plan == "free")
    assert client.stage is Stage.SIGNED_IN
    assert client.cloud.licence is not None
    lease = await client.cloud.licence.lease()
    assert lease is not None
    assert lease.key_id == server.leases.maker.key_id
    assert server.leases.proofs == 1
    assert len(server.devices) == 1


async def test_a_full_plan_is_a_sentence_and_the_overlay_goes_on(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    server.leases.seats = 0
    server.publish(*TRACK)
    client = start()
    await client.cloud.start()
    await eventually(lambda: client.cloud.state.licence.code == "device_limit_reached")
    assert "Remove one in your account" in (client.cloud.state.licence.problem or "")
    client.cloud.on_frame(seen())
    await eventually(lambda: len(client.maps) == 1)

    server.leases.seats = 1
    event = {"type": "license.changed", "user_id": str(server.user.id), "license_id": str(server.user.id)}
    await eventually(lambda: server.streams)
    await server.tell("1", "license.changed", {**event, "plan": "free", "entitlements": [], "reason": "x"})
    await eventually(lambda: client.cloud.state.plan == "free")


async def test_a_gateway_that_is_away_at_the_start_is_found_when_it_comes(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    server.publish(*TRACK)
    await server.stop()
    client = start()
    await client.cloud.start()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.cloud.state.session.problem)
    await server.start()
    await client.is_live()
    await eventually(lambda: client.maps)


async def test_a_session_that_was_ended_elsewhere_signs_out(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    server.revoked = True
    server.good_access.clear()
    await server.cut()
    await eventually(lambda: client.stage is Stage.SIGNED_OUT)
    assert client.cloud.state.session.problem == "Sign in again."
    assert client.cloud.state.plan is None
    await client.account.sign_in(EMAIL, PASSWORD)
    await client.is_live()


async def test_a_device_whose_key_is_damaged_becomes_a_new_device(
    server: LoopbackGateway, start: Callable[..., Client], tmp_path: Path
) -> None:
    FileVault(tmp_path / "client" / "secrets").write("device_key", "nonsense")
    client = start()
    await client.cloud.start()
    await eventually(lambda: client.cloud.state.plan == "free")
    assert len(server.devices) == 1


async def test_a_device_id_that_is_taken_by_another_key_is_a_sentence(
    server: LoopbackGateway, start: Callable[..., Client], tmp_path: Path
) -> None:
    vault = FileVault(tmp_path / "client" / "secrets")
    server.devices[load_device(vault).id] = "another key"
    client = start()
    await client.cloud.start()
    await eventually(lambda: client.cloud.state.licence.code == "device_key_mismatch")
    assert "with another key" in (client.cloud.state.licence.problem or "")
    assert client.stage is Stage.SIGNED_IN


async def test_stopping_leaves_no_task_behind(start: Callable[..., Client], seen: Callable[..., Frame]) -> None:
    client = start()
    await client.cloud.start()
    client.cloud.on_frame(seen())
    await client.is_live()
    await client.cloud.stop()
    left = [str(task.get_coro()) for task in asyncio.all_tasks()]
    assert not [name for name in left if "Cloud." in name or "Maps." in name or "Session." in name]
