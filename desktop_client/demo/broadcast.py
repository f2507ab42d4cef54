"""The demo race as a game would send it: the packets of one sixtieth of a second after another."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from desktop_client.demo import packets_of_cars as cars
from desktop_client.demo import packets_of_session as session
from desktop_client.demo.entries import PLAYER
from desktop_client.demo.events import Event
from desktop_client.demo.race import Race
from desktop_client.telemetry.games.f1_wire import LAYOUTS, Packet, PacketId, blank

RATE_HZ = 60
BETWEEN_RACES_S = 5.0  # of silence, as in the game's menus


class Programme(NamedTuple):
    packet_id: PacketId
    every: int  # frames
    write: Callable[[Race, Packet], None]


PROGRAMME = (
    Programme(PacketId.SESSION, 30, session.write_session),
    Programme(PacketId.PARTICIPANTS, 300, session.write_participants),
    Programme(PacketId.STATUS, 2, cars.write_status),
    Programme(PacketId.DAMAGE, 6, cars.write_damage),
    Programme(PacketId.MOTION, 1, cars.write_motion),
    Programme(PacketId.LAPS, 1, cars.write_laps),
    Programme(PacketId.TELEMETRY, 1, cars.write_telemetry),
    Programme(PacketId.ACTIVE_AERO, 1, cars.write_active_aero),
)
"""In sending order: what changes seldom goes first, so that even the very first frame is complete."""
HISTORY_EVERY = 3  # frames; one car each time


class Broadcast:
    """One race after the other. `tick` lets a sixtieth of a second pass and gives its datagrams."""

    def __init__(self, race: Race, packet_format: int) -> None:
        """Begin with `race` as it stands; the ones that follow it start from the grid, each with the next seed."""
        self.packet_format = packet_format
        self.races_finished = 0
        self._silence = 0
        self._begin(race)

    def _begin(self, race: Race) -> None:
        self.race = race
        self._first_frame = self._frame = round(race.now * RATE_HZ)
        identity = {"session_uid": race.uid, "player_car_index": PLAYER}
        self._packets = {
            packet_id: blank(self.packet_format, packet_id, **identity)
            for packet_id in PacketId
            if (self.packet_format, packet_id) in LAYOUTS
        }
        self._write_constants()

    def _write_constants(self) -> None:
        for name in ("time_trial_best_car", "time_trial_rival_car"):
            self._packets[PacketId.LAPS][name] = session.NOBODY
        for name in ("panel", "second_panel"):
            self._packets[PacketId.TELEMETRY][name] = session.NOBODY

    def tick(self) -> list[bytes]:
        if self.race.over:
            return self._wait_for_next_race()
        self._frame += 1
        events = self.race.advance(1 / RATE_HZ)
        datagrams = [self._event(event) for event in events if event.kind in session.EVENT_CODES]
        since = self._frame - self._first_frame - 1
        for packet_id, every, write in PROGRAMME:
            if since % every == 0 and packet_id in self._packets:
                datagrams.append(self._filled(packet_id, write))
        if since % HISTORY_EVERY == 0:
            row = since // HISTORY_EVERY % cars.CARS
            datagrams.append(
                self._filled(PacketId.HISTORY, lambda race, packet: session.write_history(race, packet, row))
            )
        if self.race.over:
            self.races_finished += 1
            self._silence = round(BETWEEN_RACES_S * RATE_HZ)
            datagrams.append(self._filled(PacketId.CLASSIFICATION, session.write_classification))
        return datagrams

    def _wait_for_next_race(self) -> list[bytes]:
        self._silence -= 1
        if self._silence <= 0:
            self._begin(Race(self.race.seed + 1, self.race.laps))
        return []

    def _event(self, event: Event) -> bytes:
        return self._filled(PacketId.EVENT, lambda _, packet: session.write_event(event, packet))

    def _filled(self, packet_id: PacketId, write: Callable[[Race, Packet], None]) -> bytes:
        packet = self._packets[packet_id]
        header = packet["header"]
        header["session_time"] = self.race.now
        header["frame_identifier"] = header["overall_frame_identifier"] = self._frame
        write(self.race, packet)
        return packet.tobytes()
