"""A frame as Le Mans Ultimate would publish it: its one block of memory, and the packets in it."""

from __future__ import annotations

from typing import Final

import numpy as np

from desktop_client.demo.wire.rf2 import write_info, write_scoring, write_telemetry
from desktop_client.telemetry.frame import Frame, Sky
from desktop_client.telemetry.games.lmu_wire import LMU_BLOCK, LMU_LAYOUT, LmuReader

CLOUDS: Final = {Sky.CLEAR: 0, Sky.LIGHT_CLOUD: 1, Sky.OVERCAST: 4}
VERSION: Final = 1300
STEPS_PER_POINT: Final = 4
START_SESSION, UPDATE_SCORING, UPDATE_TELEMETRY = 6, 10, 11  # of the game's events


class LmuEncoder:
    """Writes one frame after another into the same block, as the game does."""

    def __init__(self) -> None:
        self._block = np.zeros((), LMU_LAYOUT)
        self._reader = LmuReader()

    def blocks(self, frame: Frame) -> dict[str, bytes]:
        """The block by the name that it is mapped under."""
        block, session = self._block, frame.session
        block["game_version"] = VERSION
        block["events"][[START_SESSION, UPDATE_SCORING, UPDATE_TELEMETRY]] = 1
        write_info(frame, block["info"])
        if session.weather is not None and session.weather.sky is not None:
            block["info"]["cloud_coverage"] = CLOUDS.get(session.weather.sky, 8)
        write_scoring(frame, block["scoring"])
        block["info"]["track_limits_per_point"] = STEPS_PER_POINT
        if frame.player is not None and frame.player_row is not None:
            limit = frame.player.incident_limit or 0
            block["info"]["track_limits_per_penalty"] = STEPS_PER_POINT * limit
            steps = STEPS_PER_POINT * (frame.player.incidents or 0)
            block["telemetry"]["track_limits_steps"][frame.player_row] = steps
        block["active_vehicles"] = len(frame.cars)
        block["player_has_vehicle"] = frame.player is not None
        block["player_index"] = frame.player_row or 0
        write_telemetry(frame, block["telemetry"])
        return {LMU_BLOCK: block.tobytes()}

    def encode(self, frame: Frame) -> list[bytes]:
        """The packets that the source is fed with for this frame."""
        return list(self._reader.read(memoryview(self.blocks(frame)[LMU_BLOCK])))
