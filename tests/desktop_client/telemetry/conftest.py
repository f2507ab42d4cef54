"""Recordings of real races where they are at hand, and a small race of our own in the real wire format."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from desktop_client.demo.frames import frames
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.games.f1_wire import LAYOUTS, PacketId, blank
from desktop_client.telemetry.replay import Recording

CAPTURES = Path(os.environ.get("RACEOVERLAY_CAPTURES", Path(__file__).parents[4] / "shared" / "captures"))

LAP_M = 4000.0
GAP_M = 50.0


class SmallRace:
    """Cars at constant speed, one behind the other on the x axis, encoded as the game would send them."""

    def __init__(self, packet_format: int = 2025, uid: int = 7, cars: int = 5) -> None:
        self.packet_format, self.uid, self.cars = packet_format, uid, cars
        self.player = 1

    def packet(self, packet_id: PacketId, frame: int, overall: int | None = None):
        return blank(
            self.packet_format,
            packet_id,
            session_uid=self.uid,
            session_time=frame / 60,
            frame_identifier=frame,
            overall_frame_identifier=frame if overall is None else overall,
            player_car_index=self.player,
        )

    def session(self, frame: int = 1, **fields: float) -> bytes:
        packet = self.packet(PacketId.SESSION, frame)
        race = 10 if self.packet_format == 2023 else 15
        settings = {"track_id": 120, "track_length": LAP_M, "total_laps": 12, "session_type": race} | fields
        for name, value in settings.items():
            packet[name] = value
        return packet.tobytes()

    def participants(self, frame: int = 1, names: list[bytes] | None = None) -> bytes:
        packet = self.packet(PacketId.PARTICIPANTS, frame)
        names = names or [f"Driver {slot}".encode() for slot in range(self.cars)]
        packet["active_cars"] = self.cars
        packet["cars"]["name"][: self.cars] = names
        packet["cars"]["race_number"][: self.cars] = np.arange(self.cars) + 10
        return packet.tobytes()

    def motion(self, frame: int, overall: int | None = None) -> bytes:
        packet = self.packet(PacketId.MOTION, frame, overall)
        packet["cars"]["x"][: self.cars] = self._distance(frame)
        packet["cars"]["z"][: self.cars] = 30
        packet["cars"]["y"][: self.cars] = 2
        return packet.tobytes()

    def laps(self, frame: int, overall: int | None = None, **columns: object) -> bytes:
        packet = self.packet(PacketId.LAPS, frame, overall)
        cars = packet["cars"][: self.cars]
        cars["lap_distance"] = cars["total_distance"] = self._distance(frame)
        cars["lap"] = 1
        cars["position"] = np.arange(self.cars) + 1
        cars["delta_ahead_ms"] = 800
        cars["delta_leader_ms"] = np.arange(self.cars) * 800
        cars["result_status"], cars["driver_status"] = 2, 4
        for name, value in columns.items():
            cars[name] = value
        return packet.tobytes()

    def telemetry(self, frame: int, overall: int | None = None, **columns: object) -> bytes:
        packet = self.packet(PacketId.TELEMETRY, frame, overall)
        packet["cars"]["speed"][: self.cars] = 216
        packet["cars"]["throttle"][: self.cars] = 0.75
        packet["cars"]["gear"][: self.cars] = 6
        for name, value in columns.items():
            packet["cars"][name][: self.cars] = value
        return packet.tobytes()

    def status(self, frame: int, overall: int | None = None, **columns: object) -> bytes:
        packet = self.packet(PacketId.STATUS, frame, overall)
        cars = packet["cars"][: self.cars]
        cars["fuel_in_tank"], cars["fuel_remaining_laps"] = 20, 1.5
        cars["visual_tyre"], cars["ers_store"] = 17, 2_000_000
        for name, value in columns.items():
            cars[name] = value
        return packet.tobytes()

    def damage(self, frame: int, **columns: object) -> bytes:
        packet = self.packet(PacketId.DAMAGE, frame)
        for name, value in columns.items():
            packet["cars"][name][: self.cars] = value
        return packet.tobytes()

    def event(self, frame: int, code: bytes) -> bytes:
        packet = self.packet(PacketId.EVENT, frame)
        packet["code"] = code
        return packet.tobytes()

    def opening(self, frame: int = 1) -> list[bytes]:
        return [self.session(frame), self.participants(frame)]

    def instant(self, frame: int, overall: int | None = None) -> list[bytes]:
        return [part(frame, overall) for part in (self.motion, self.laps, self.telemetry, self.status)]

    def every_packet(self, frame: int) -> list[bytes]:
        """One of each kind that the format knows, the empty ones too."""
        drawn = [*self.opening(frame), *self.instant(frame)]
        drawn_ids = {packet[6] for packet in drawn}
        others = [id_ for format_, id_ in LAYOUTS if format_ == self.packet_format and id_ not in drawn_ids]
        return drawn + [self.packet(PacketId(id_), frame).tobytes() for id_ in others]

    def _distance(self, frame: int) -> np.ndarray:
        return 500 + frame - GAP_M * np.arange(self.cars)


@pytest.fixture(scope="session")
def small_race() -> type[SmallRace]:
    return SmallRace


def _capture(name: str) -> Path:
    path = CAPTURES / name
    if not path.exists():
        pytest.skip(f"the recording {path} is not on this machine")
    return path


@pytest.fixture(scope="session")
def capture() -> Callable[[str], Path]:
    """Finds a recording by its name; the test that needs one is skipped where it is not at hand."""
    return _capture


@pytest.fixture(scope="session")
def melbourne_file() -> Path:
    """21 s of a race at Melbourne, 2026 format, 22 cars in 24 slots."""
    return _capture("f1/f1_2026_f1packets.bin")


@pytest.fixture(scope="session")
def melbourne(melbourne_file: Path) -> list[bytes]:
    return [heard.packet for heard in Recording(melbourne_file)]


@pytest.fixture(scope="session")
def golden_packets() -> list[tuple[int, int, bytes]]:
    """(format, packet id, body after the header) of single real packets of 2023 to 2026."""
    lines = _capture("f1/pitsngiggles_bodies.jsonl").read_text().splitlines()
    bodies = [json.loads(line) for line in lines]
    assert not any(body["includes_header"] for body in bodies)
    return [(b["packet_format"], b["packet_id"], bytes.fromhex(b["body_hex"])) for b in bodies]


@pytest.fixture(scope="session")
def packets_of_f1_22() -> list[bytes]:
    lines = _capture("f1/racehub_2022.jsonl").read_text().splitlines()
    return [bytes(json.loads(line)["message"]["data"]) for line in lines]


@pytest.fixture(scope="session")
def melbourne_outline() -> Path:
    path = CAPTURES.parent / "tracks" / "bacinger" / "au-1953.geojson"
    if not path.exists():
        pytest.skip(f"the outline {path} is not on this machine")
    return path


@pytest.fixture(scope="session")
def captures() -> Path:
    return _capture("iracing").parent


@pytest.fixture(scope="session")
def iracing_live() -> Path:
    """A dump of iRacing's live memory."""
    return _capture("iracing/teamjorge_live_test_file.ibt")


@pytest.fixture(scope="session")
def iracing_disk() -> Path:
    """6.5 s of iRacing's telemetry on disk."""
    return _capture("iracing/teamjorge_valid_test_file.ibt")


@pytest.fixture(scope="session")
def race_under_way() -> list[Frame]:
    """A second and a half of the demo race: twenty cars in full swing."""
    return list(frames(seconds=1.5))
