"""A game that does not say which track it is, as Gran Turismo 7 and most of Forza do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from laps import circuit
from loopback_gateway import GIVEN_NAME, LAYOUT, LoopbackGateway
from running_client import Client, a_lap
from waiting import eventually

from contracts.tracks import Line, TrackMap
from desktop_client.map_state import MapStage
from desktop_client.race.lifecycle import Race
from desktop_client.race.wanted_lap import Use
from desktop_client.telemetry.frame import Capability, Frame

ROAD = circuit()
LENGTH_M = float(np.hypot(*np.diff(ROAD, axis=0, append=ROAD[:1]).T).sum())
ELSEWHERE = np.array((5000.0, 5000.0))
ASK_MAP = f"GET /tracks/gt7/{GIVEN_NAME}"


def a_map(server: LoopbackGateway) -> TrackMap:
    """The gateway has the road's map under the name that it gave to it."""
    server.publish("gt7", GIVEN_NAME)
    etag, track_map = server.maps["gt7", GIVEN_NAME]
    x, y = ROAD.T.tolist()
    line = Line(step_m=LENGTH_M / len(x), x=tuple(x), y=tuple(y))
    server.maps["gt7", GIVEN_NAME] = etag, msgspec.structs.replace(track_map, line=line, length_m=LENGTH_M)
    return server.maps["gt7", GIVEN_NAME][1]


@pytest.fixture
def nameless(frame_at: Callable[..., Frame]) -> Callable[..., Frame]:
    """A frame of such a game, with the own car at a place."""
    plain = frame_at(0.0, count=1, own=0, game="gt7", track_id=None, track_length_m=None)
    told = frozenset({Capability.WORLD_POSITION, Capability.LAP_DISTANCE})

    def at(place: np.ndarray, uid: str = "one") -> Frame:
        x, y = (np.array([value]) for value in place)
        session = replace(plain.session, uid=uid)
        return replace(plain, session=session, cars=replace(plain.cars, x=x, y=y), capabilities=told)

    return at


@pytest.fixture
def drive(nameless: Callable[..., Frame]) -> Callable[..., None]:
    """Have a client drive a part of the road, or beside it."""

    def along(client: Client, metres: float, uid: str = "one", aside: np.ndarray | float = 0.0) -> None:
        for place in _places(metres):
            client.cloud.on_frame(nameless(place + aside, uid))

    return along


def _places(metres: float) -> Iterator[np.ndarray]:
    yield from ROAD[: int(metres / LENGTH_M * len(ROAD))]


async def test_its_first_lap_is_wanted_and_its_map_is_shown_under_the_name_that_the_verdict_gives(
    server: LoopbackGateway, start: Callable[..., Client], nameless: Callable[..., Frame], tmp_path: Path
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(nameless(ROAD[0]))
    assert (client.map_stage, client.cloud.state.map.use) == (MapStage.UNNAMED, Use.FIRST)
    assert client.cloud.maps.lap_is_wanted
    await client.cloud.maps.take(a_lap(None, game="gt7"))
    await eventually(lambda: client.map_stage is MapStage.KNOWN)
    assert client.cloud.state.map.track_id == GIVEN_NAME
    assert client.shown is not None
    assert (tmp_path / "client" / "maps" / f"gt7~{GIVEN_NAME}.json").exists()
    (upload,) = server.uploads.values()
    assert upload.track_id is None


async def test_the_next_time_the_road_is_recognised_offline_and_the_next_session_begins_with_nothing(
    server: LoopbackGateway,
    start: Callable[..., Client],
    nameless: Callable[..., Frame],
    drive: Callable[..., None],
) -> None:
    a_map(server)
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(nameless(ROAD[0]))
    server.verdict = "duplicate"
    await client.cloud.maps.take(a_lap(None, game="gt7"))
    await eventually(lambda: client.shown)
    await client.cloud.stop()
    await server.stop()

    later = start()
    await later.cloud.start()
    await eventually(lambda: _is_recognised(later, drive))
    await eventually(lambda: later.shown)
    later.cloud.on_frame(nameless(ROAD[0], "two"))
    assert (later.map_stage, later.shown) == (MapStage.UNNAMED, None)


async def test_a_wrong_guess_is_dropped_where_the_road_is_left_and_a_lap_is_wanted(
    server: LoopbackGateway,
    start: Callable[..., Client],
    nameless: Callable[..., Frame],
    drive: Callable[..., None],
) -> None:
    known = a_map(server)
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(nameless(ROAD[0]))
    server.verdict = "duplicate"
    await client.cloud.maps.take(a_lap(None, game="gt7"))
    await eventually(lambda: client.shown)
    assert client.shown is not None
    assert client.shown.layout_id == known.layout_id == LAYOUT
    await eventually(lambda: _drives_off(client, drive))
    assert client.shown is None
    assert client.cloud.state.map.use is Use.FIRST


async def test_a_verdict_on_a_lap_of_an_earlier_session_names_no_track(
    server: LoopbackGateway, start: Callable[..., Client], nameless: Callable[..., Frame]
) -> None:
    a_map(server)
    server.verdict = "received"
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(nameless(ROAD[0]))
    await client.cloud.maps.take(a_lap(None, game="gt7"))
    assert not client.cloud.maps.lap_is_wanted, "while the first one is judged"
    await eventually(lambda: server.uploads)
    client.cloud.on_frame(nameless(ROAD[0], "two"))
    assert client.cloud.maps.lap_is_wanted
    server.verdict = "duplicate"
    await eventually(lambda: client.verdict)
    assert client.map_stage is MapStage.UNNAMED
    assert server.asked[ASK_MAP] == 0


def test_the_overlay_draws_a_nameless_map_in_the_session_in_which_it_is_shown_and_in_no_other(
    server: LoopbackGateway, nameless: Callable[..., Frame], frame_at: Callable[..., Frame]
) -> None:
    race = Race()
    race.take(nameless(ROAD[0]))
    race.show_map(a_map(server))
    assert race.shape is not None
    race.take(nameless(ROAD[0], "two"))
    assert race.shape is None
    race.show_map(a_map(server))
    race.take(frame_at(0.0, uid="three", game="f1"))
    assert race.shape is None


def _is_recognised(client: Client, drive: Callable[..., None]) -> bool:
    drive(client, 1800.0)
    return client.cloud.state.map.track_id == GIVEN_NAME


def _drives_off(client: Client, drive: Callable[..., None]) -> bool:
    drive(client, 900.0, aside=ELSEWHERE)
    return client.map_stage is MapStage.UNNAMED
