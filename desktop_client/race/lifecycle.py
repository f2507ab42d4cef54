"""The one place where a race is remembered, and the one place where it is forgotten."""

from __future__ import annotations

import math
from typing import Final

from contracts.tracks import TrackMap
from desktop_client.race.adjustments import Adjustments
from desktop_client.race.classes import Classes
from desktop_client.race.driven_line import FARTHEST_M, DrivenLine
from desktop_client.race.flags import FlagWatch
from desktop_client.race.inputs import InputTrace
from desktop_client.race.motion import Motion
from desktop_client.race.pace import Pace
from desktop_client.race.pit_lane import PitLane, PitTrail
from desktop_client.race.pit_loss import PitLoss
from desktop_client.race.pit_visits import PitVisits
from desktop_client.race.starting_grid import StartingGrid
from desktop_client.race.teams import Teams
from desktop_client.race.timing import Timing
from desktop_client.race.track_name import slug
from desktop_client.race.track_shape import TrackShape
from desktop_client.race.used_up import UsedUp
from desktop_client.race.weather import WeatherWatch
from desktop_client.telemetry.frame import Frame, PitStatus

SURVEY_S: Final = 0.095  # a little less than a tenth: on a clock of thirty every third frame


def own_row(frame: Frame) -> int | None:
    """The row of the driver's own car, or None when the frame has no such row."""
    row = frame.player_row
    return row if row is not None and 0 <= row < len(frame.cars) else None


class Race:
    """What is remembered of the session being driven; a session with another uid begins with nothing.

    A track map outlives the session: `shape` is offered only while the session's own track is that map's track. In a
    game that does not name its tracks a map holds for the session in which it is shown.
    """

    def __init__(self) -> None:
        self._uid: str | None = None
        self._map: tuple[str, str, TrackShape] | None = None
        self._forget()

    def _forget(self) -> None:
        self.frame: Frame | None = None
        self._surveyed_at = -math.inf
        self.inputs = InputTrace()
        self.pace: Pace | None = None
        self.driven = DrivenLine(None)
        self._learned: TrackShape | None = None
        self.adjustments = Adjustments()
        self.motion = Motion()
        self._pit_trail: PitTrail | None = None
        self.teams = Teams()
        self.timing = Timing()
        self.used = UsedUp()
        self.classes = Classes()
        self.flags = FlagWatch()
        self.weather = WeatherWatch()
        self.grid = StartingGrid()
        self.pits = PitVisits()
        self.pit_loss = PitLoss()

    def take(self, frame: Frame) -> None:
        """Remember one frame. Frames come in the order of their arrival."""
        if frame.session.uid != self._uid:
            self._forget()
            self._uid = frame.session.uid
            if frame.session.track_id is None:
                self._map = None
        self.frame = frame
        row = own_row(frame)
        self._measure_track(frame.session.track_length_m)
        if frame.player is not None:
            self.inputs.take(frame.session_time_s, frame.player)
            self.adjustments.take(frame.session_time_s, frame.player)
        self.motion.take(frame.cars)
        self.used.take(frame, row)
        self.timing.take(frame, row)
        if not 0 <= frame.at - self._surveyed_at < SURVEY_S:
            self._surveyed_at = frame.at
            self._survey(frame, row)

    def _survey(self, frame: Frame, row: int | None) -> None:
        """What is as true a tenth of a second later: the track as it is driven, who is where, what is waved."""
        cars = frame.cars
        on_track = cars.pit == PitStatus.NONE
        if self.pace is not None:
            self.pace.see(cars.lap_distance_m, cars.speed_mps, on_track)
        if self.shape is None:
            self.driven.take(cars, on_track, row)
            self._learned = self.driven.whole_lap()
        if self._pit_trail is not None:
            self._pit_trail.take(cars)
        for name in cars.team:
            self.teams.of(name)
        self.classes.take(cars)
        self.grid.take(frame)
        self.flags.take(frame, row)
        self.weather.take(frame)
        self.pits.take(frame)
        self.pit_loss.take(frame, self.pace, row)

    def show_map(self, track_map: TrackMap | None) -> None:
        """Use this map wherever the session's track is the map's track; None forgets the map."""
        if track_map is None:
            self._map = None
        else:
            self._map = (
                track_map.game,
                track_map.track_id,
                TrackShape.from_map(track_map),
            )

    @property
    def shape(self) -> TrackShape | None:
        """The map of the session's track: the one shown, else the one learned in this session, else None."""
        if self._map is None or self.frame is None:
            return self._learned
        game, track_id, shape = self._map
        session = self.frame.session
        is_it = session.track_id is None or slug(session.track_id) == track_id
        return shape if is_it and session.game == game else self._learned

    @property
    def pit_lane(self) -> PitLane | None:
        """The pit lane of the session's track: as its cars have driven it, else as its map says, else None."""
        shape = self.shape
        if shape is None:
            return None
        driven = None if self._pit_trail is None else self._pit_trail.lane(shape.x, shape.y)
        return driven or shape.pit

    def _measure_track(self, length_m: float | None) -> None:
        """Games say the length a moment after the session begins; what depends on it starts then."""
        if length_m is None or not 0 < length_m < FARTHEST_M:
            return
        if self.pace is None or abs(self.pace.length_m - length_m) > 1.0:
            self.pace = Pace(length_m)
            self.driven = DrivenLine(length_m)
            self._pit_trail = PitTrail(length_m)
            self._learned = None
