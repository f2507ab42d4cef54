"""A plan that is paid for somewhere else is here at once, also when the event that tells of it gets lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
from loopback_gateway import LoopbackGateway, refuses
from loopback_plans import PAID
from running_client import Client
from waiting import eventually

from contracts.license import LicenseChanged, PaymentFailed
from desktop_client.map_state import MapStage
from desktop_client.status import Light, Snapshot, rows
from desktop_client.telemetry.frame import Frame

TRACK = ("f1", "26")
WHEN = datetime(2026, 12, 9, 12, tzinfo=UTC)


async def running(start: Callable[..., Client]) -> Client:
    """A client with the free plan that hears events."""
    client = start()
    await client.cloud.start()
    await client.is_live()
    await eventually(lambda: client.cloud.state.plan == "free")
    return client


async def tell_of_pro(server: LoopbackGateway) -> None:
    event = LicenseChanged(user_id=server.user.id, license_id=uuid4(), plan="pro", entitlements=PAID, reason="paid")
    await server.tell(str(event.id), "license.changed", msgspec.to_builtins(event))


async def test_a_client_becomes_pro_at_once_and_without_a_restart(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    client = await running(start)
    server.plans.pay()
    await tell_of_pro(server)
    await eventually(lambda: client.cloud.state.plan == "pro", within=3.0)
    assert client.cloud.state.licence.entitlements == PAID


async def test_a_payment_that_failed_is_one_quiet_line_and_takes_nothing_away(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    client = await running(start)
    server.plans.pay(code="grace_past_due", subscription_status="past_due", grace_until=WHEN)
    told = {"invoice_id": "in_1", "plan": "pro", "amount": 599, "currency": "eur", "attempt": 1}
    event = PaymentFailed(user_id=server.user.id, grace_until=WHEN, **told)
    await server.tell(str(event.id), "payment.failed", msgspec.to_builtins(event))
    await eventually(lambda: client.cloud.state.licence.code == "grace_past_due")
    (line,) = (row for row in rows(Snapshot(cloud=client.cloud.state)) if row.name == "Plan")
    assert line.light is Light.IDLE
    assert line.sentence.startswith("Pro. The last payment did not go through and is tried again.")
    assert client.cloud.state.licence.entitlements == PAID


async def test_what_was_missed_for_good_is_asked_for(server: LoopbackGateway, start: Callable[..., Client]) -> None:
    client = await running(start)
    server.plans.pay()
    await server.write(b"event: stream.reset\ndata: {}\n\n")
    await eventually(lambda: client.cloud.state.plan == "pro")


async def test_a_stream_that_has_no_place_to_go_on_from_has_missed_something_perhaps(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    client = await running(start)
    server.plans.pay()
    await server.cut()  # before any event was heard
    await eventually(lambda: client.cloud.state.plan == "pro")
    assert server.resumed_from == [None, None]


async def test_a_map_that_the_plan_does_not_bring_today_comes_with_another_plan(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    client = await running(start)
    server.publish(*TRACK)
    server.trouble["GET /tracks/f1/26"] += [refuses(403, "map_allowance_used_up", title="No more today.")] * 1000
    client.cloud.on_frame(seen())
    await eventually(lambda: client.cloud.state.map.problem == "No more today.")
    assert client.map_stage is MapStage.NOT_ASKED
    assert client.cloud.maps.lap_is_wanted, "until then the track is learned from the driver's own lap"
    server.trouble["GET /tracks/f1/26"].clear()
    server.plans.pay()
    await tell_of_pro(server)
    await eventually(lambda: client.map_stage is MapStage.KNOWN)
