"""What each frame is to the map of its track: which track, where on its road, and a part of a lap worth taking."""

from __future__ import annotations

import math
from typing import Final

from desktop_client.maps import Maps
from desktop_client.race.capture import LapCapture
from desktop_client.race.lifecycle import own_row
from desktop_client.race.recorded_lap import CapturedLap, Refusal
from desktop_client.telemetry.frame import Capability, Frame

PERCENT_STEP: Final = 5


class LapTaking:
    """Feed it every frame. `refusal` says why the last lap was not taken, `percent` how far this one has come."""

    def __init__(self, maps: Maps) -> None:
        self._maps = maps
        self._driving: tuple[str, str | None, str, bool] | None = None
        self._capture: LapCapture | None = None  # while a lap is wanted
        self.percent: int | None = None

    @property
    def refusal(self) -> Refusal | None:
        return None if self._capture is None else self._capture.refusal

    @property
    def is_recording(self) -> bool:
        return self._capture is not None and self._capture.is_recording

    def take(self, frame: Frame) -> CapturedLap | None:
        """Take the next frame; the lap that it completes, if that one is wanted."""
        told = frame.session
        is_nameless = Capability.TRACK_ID not in frame.capabilities
        driving = (told.game, told.track_id, told.uid, is_nameless)
        if driving != self._driving:
            self._driving = driving
            self._maps.drive(told.game, told.track_id, is_nameless=is_nameless)
        if is_nameless and (row := own_row(frame)) is not None:
            self._maps.see(float(frame.cars.x[row]), float(frame.cars.y[row]))
        if not self._maps.lap_is_wanted:
            self._capture = self.percent = None  # what was recorded so far would have a hole from here on
            return None
        self._capture = self._capture or LapCapture()
        lap = self._capture.feed(frame)
        if lap is not None:
            self._capture.again()
        self.percent = _percent_of_lap(frame) if self._capture.is_recording else None
        return lap


def _percent_of_lap(frame: Frame) -> int | None:
    """How much of the lap is driven, in steps that are worth telling somebody; None where nobody knows."""
    row, length_m = own_row(frame), frame.session.track_length_m
    driven_m = math.nan if row is None else float(frame.cars.lap_distance_m[row])
    if length_m is None or not 0 <= driven_m <= length_m:
        return None
    return int(driven_m / length_m * 100 / PERCENT_STEP) * PERCENT_STEP
