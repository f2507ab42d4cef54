"""A frame as Assetto Corsa would publish it: its three pages of memory, and the packets in them."""

from __future__ import annotations

import numpy as np

from desktop_client.demo.wire.kunos import write_graphics, write_physics, write_static
from desktop_client.telemetry.frame import Frame, Player
from desktop_client.telemetry.games.ac import Ac
from desktop_client.telemetry.games.kunos_fields import AC_GRAPHICS, AC_PHYSICS, AC_STATIC
from desktop_client.telemetry.games.kunos_wire import GRAPHICS_PAGE, PHYSICS_PAGE, STATIC_PAGE, write_text
from desktop_client.telemetry.source import MemoryInlet

COMPOUNDS = {"S": "Soft (S)", "M": "Medium (M)", "H": "Hard (H)", "ST": "Street (ST)"}
BATTERY_J = 4_000_000.0


class AcEncoder:
    """Writes one frame after another; the pages' steps go up with each."""

    def __init__(self) -> None:
        self._physics = np.zeros((), AC_PHYSICS)
        self._graphics = np.zeros((), AC_GRAPHICS)
        self._static = np.zeros((), AC_STATIC)
        self._readers = {
            inlet.name: (inlet.tag, inlet.reader()) for inlet in Ac().inlets if isinstance(inlet, MemoryInlet)
        }

    def blocks(self, frame: Frame) -> dict[str, bytes]:
        """The pages by the names that they are mapped under."""
        write_static(frame, self._static)
        self._static["track_length"] = frame.session.track_length_m or 0.0
        write_graphics(frame, self._graphics)
        self._graphics["laps"] = frame.session.total_laps or 0
        write_physics(frame, self._physics)
        if frame.player_row is not None:
            row, cars = frame.player_row, frame.cars
            self._graphics["coordinates"] = np.nan_to_num([cars.x[row], cars.z[row], -cars.y[row]])
        if frame.player is not None:
            self._write_player(frame.player)
        return {
            STATIC_PAGE: self._static.tobytes(),
            GRAPHICS_PAGE: self._graphics.tobytes(),
            PHYSICS_PAGE: self._physics.tobytes(),
        }

    def encode(self, frame: Frame) -> list[bytes]:
        """The packets that the source is fed with for this frame."""
        packets: list[bytes] = []
        for name, block in self.blocks(frame).items():
            tag, reader = self._readers[name]
            packets += [tag + packet for packet in reader.read(memoryview(block))]
        return packets

    def _write_player(self, player: Player) -> None:
        physics = self._physics
        write_text(self._graphics["compound"], COMPOUNDS.get(player.tyre_compound or "", ""))
        physics["brake_bias"] = player.brake_bias or 0.0
        self._static["has_drs"] = player.drs_open is not None
        physics["drs_open"], physics["drs_available"] = bool(player.drs_open), bool(player.drs_available)
        if player.energy is not None:
            self._static["has_ers"], self._static["ers_max_j"] = 1, BATTERY_J
            physics["kers_charge"] = player.energy.store or 0.0
            physics["kers_used_kj"] = (player.energy.deployed or 0.0) * BATTERY_J / 1000
        for corner, wheel in enumerate(player.wheels or ()):
            physics["tyre_wear"][corner] = 100.0 * (1.0 - np.nan_to_num(wheel.wear))
            for where, celsius in zip(("inner", "middle", "outer"), wheel.tread_c or (0.0,) * 3, strict=True):
                physics[f"tread_{where}_c"][corner] = celsius
