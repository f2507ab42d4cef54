"""From each game's own bytes to a lap: what one drives in a game is what is captured of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from driven_session import Line, driven_session

from bench.roads import invented_road
from desktop_client.demo.wire import ENCODERS
from desktop_client.race.capture import LapCapture
from desktop_client.race.recorded_lap import CapturedLap
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Capability, Frame
from desktop_client.telemetry.games.f1_wire import PacketId, blank
from desktop_client.telemetry.source import GameSettings

ROAD = invented_road(7, 800.0)
LENGTH_M = float(np.abs(np.roll(ROAD.centre, -1) - ROAD.centre).sum())
OWN = Line.on(ROAD, 0, 0.8)
TRACKS = {"ams2": "Ring/Short", "forza": "1640", "gt7": None, "lmu": "Round", "rf2": "Round"}
RATE_HZ = 12.0
WITHOUT_SECTORS = ("forza", "gt7", "iracing")
PLACES_OTHERS = ("acc", "ams2", "f1", "lmu", "rf2")


def f1_packets(frame: Frame) -> list[bytes]:
    """An instant as F1 25 would send it."""
    number = round(frame.session_time_s * 60)
    head = {"session_uid": 7, "session_time": frame.session_time_s, "frame_identifier": number}
    head |= {"overall_frame_identifier": number, "player_car_index": 0}
    session, names, motion, laps, telemetry = (
        blank(2025, kind, **head)
        for kind in (PacketId.SESSION, PacketId.PARTICIPANTS, PacketId.MOTION, PacketId.LAPS, PacketId.TELEMETRY)
    )
    cars, count = frame.cars, len(frame.cars)
    session["track_id"], session["track_length"] = 26, round(frame.session.track_length_m or 0)
    session["session_type"] = 1
    names["active_cars"] = count
    of = motion["cars"][:count]
    of["x"], of["y"], of["z"], of["yaw"] = cars.x, cars.z, -cars.y, cars.heading_rad + np.pi / 2
    of = laps["cars"][:count]
    of["lap"], of["lap_distance"], of["sector"], of["position"] = cars.lap, cars.lap_distance_m, cars.sector, 1
    of["current_lap_ms"], of["last_lap_ms"] = cars.lap_time_s * 1000, np.nan_to_num(cars.last_lap_s) * 1000
    of["driver_status"], of["result_status"] = 4, 2
    telemetry["cars"]["speed"][:count] = cars.speed_mps * 3.6
    return [packet.tobytes() for packet in (session, names, motion, laps, telemetry)]


def through(game: str, frames: Iterator[Frame]) -> Iterator[Frame]:
    """What the game's adapter makes of the game's bytes."""
    source, encode = GAMES[game].make(GameSettings()), f1_packets if game == "f1" else ENCODERS[game]()
    for frame in frames:
        made = None
        for packet in encode(frame):
            made = source.feed(packet, frame.at) or made
        if made is not None:
            yield made


def captured(frames: Iterator[Frame]) -> CapturedLap | None:
    capture = LapCapture()
    return next((lap for frame in frames if (lap := capture.feed(frame)) is not None), None)


def player_at_speed(frames: Iterator[Frame]) -> Iterator[Frame]:
    for frame in frames:
        assert frame.player is not None
        yield replace(frame, player=replace(frame.player, speed_mps=float(frame.cars.speed_mps[0])))


def line_at(lap_time_s: float) -> np.ndarray:
    where = OWN.at(lap_time_s)[0]
    return np.array([where.real, where.imag])


def off_the_line(points: np.ndarray) -> np.ndarray:
    """How far from the driver's own line each point lies."""
    places = points[:, 0] + 1j * points[:, 1]
    return np.abs(places[:, np.newaxis] - OWN.places[np.newaxis, :]).min(axis=1)


@pytest.mark.parametrize("game", GAMES)
def test_a_lap_driven_in_a_game_is_captured_from_its_bytes(game: str) -> None:
    others = (-0.8, 0.0) if game in PLACES_OTHERS else ()
    track_id = TRACKS.get(game, "26")
    session = driven_session(ROAD, rate_hz=RATE_HZ, others=others, laps=1.15, game=game, track_id=track_id)
    lap = captured(through(game, player_at_speed(session)))
    assert lap is not None
    assert (lap.game, lap.track_id) == (game, track_id)
    assert lap.lap_time_s == pytest.approx(OWN.lap_s, abs=0.02)
    assert lap.rate_hz == pytest.approx(RATE_HZ, rel=0.02)
    sectors = () if game in WITHOUT_SECTORS else (LENGTH_M / 3, LENGTH_M * 2 / 3)
    assert lap.sector_starts_m == pytest.approx(sectors, abs=6.0)
    assert lap.coordinates == ("integrated" if game == "iracing" else "game")
    points = lap.points[:, :2]
    if lap.coordinates == "integrated":  # from somewhere, but as long and as broad as it was driven
        points = points + line_at(0.0) - points[0]
    assert off_the_line(points).max() < 3.0
    assert np.hypot(*(points[0] - points[-1])) < 3.0
    assert all(off_the_line(way).max() > 2.0 for way in lap.other_cars)
    assert (len(lap.other_cars) >= 2) == (game in PLACES_OTHERS)


def test_no_game_is_forgotten() -> None:
    assert set(GAMES) == set(ENCODERS) | {"f1"}


@pytest.mark.parametrize("game", ["gt7", "forza", "ac", "iracing"])
def test_what_a_game_cannot_say_is_not_asked_of_it(game: str) -> None:
    held = GAMES[game].make(GameSettings()).capabilities
    assert Capability.LAP_VALIDITY not in held
