"""Where the driver is: in the car, in the pit lane, in the garage, watching. Widgets are shown by it."""

from __future__ import annotations

import enum

from desktop_client.race.lifecycle import own_row
from desktop_client.telemetry.frame import CarStatus, Frame, PitStatus

IN_GARAGE, ON_TRACK = int(CarStatus.GARAGE), int(PitStatus.NONE)


class Situation(enum.StrEnum):
    DRIVING = "driving"
    PIT = "pit"
    GARAGE = "garage"
    SPECTATING = "spectating"
    REPLAY = "replay"


def situation(frame: Frame) -> Situation:
    """The situation in a frame; the first that fits, from the least to the most like driving."""
    session, row = frame.session, own_row(frame)
    if session.replay:
        return Situation.REPLAY
    if session.in_garage:
        return Situation.GARAGE
    if session.spectating or row is None:
        return Situation.SPECTATING
    if frame.cars.status[row] == IN_GARAGE:
        return Situation.GARAGE
    return Situation.DRIVING if frame.cars.pit[row] == ON_TRACK else Situation.PIT
