from __future__ import annotations

from collections.abc import Callable

from loopback_gateway import LoopbackGateway
from running_client import Client
from waiting import eventually

from desktop_client.map_state import MapStage
from desktop_client.telemetry.frame import Frame

TRACK = ("f1", "26")


async def test_a_stream_that_is_cut_resumes_and_nothing_is_missed(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.map_stage is MapStage.UNKNOWN)
    await server.tell("41", "release.published", {})
    await server.write(b'id: 42\nevent: track.published\ndata: {"type": "track.publ')
    server.publish(*TRACK)
    await server.cut()
    await eventually(lambda: client.maps)
    assert server.resumed_from == [None, "41"], "an event cut in two was not heard"


async def test_a_place_that_was_told_alone_is_gone_on_from(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    await server.write(b"retry: 10\nid: 40\n\n")
    await server.cut()
    await eventually(lambda: len(server.resumed_from) == 2)
    assert server.resumed_from == [None, "40"]


async def test_what_the_stream_says_wrongly_changes_nothing(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.map_stage is MapStage.UNKNOWN)
    await server.write(
        b"event: track.published\ndata: nonsense\n\nevent: no.such.thing\ndata: {}\n\n: beat\n\n\xff\n\n"
    )
    await server.write(b'event: track.published\ndata: {"game":\ndata:  "f1", "track_id": 26}\n\n')
    await server.tell("2", "track.published", server.publish(*TRACK))
    await eventually(lambda: client.maps)
    assert len(server.resumed_from) == 1


async def test_an_event_without_end_is_not_read_to_its_end(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    for _ in range(400):
        if not server.streams:
            break
        await server.write(b"data: " + b"x" * 1000 + b"\n")
    await eventually(lambda: len(server.resumed_from) == 2)


async def test_a_gateway_that_forgot_what_was_said_meanwhile_has_the_map_asked_for(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.map_stage is MapStage.UNKNOWN)
    server.publish(*TRACK)
    await server.write(b"event: stream.reset\ndata: {}\n\n")
    await eventually(lambda: client.maps)
