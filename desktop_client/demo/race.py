"""A whole race at Kestrel Park: from the lights to the flag, twenty cars, one seed, and time as an argument."""

from __future__ import annotations

import enum

import numpy as np

from desktop_client.demo.circuit import kestrel_park
from desktop_client.demo.cockpit import Cockpit
from desktop_client.demo.driving import PASSING_ROOM_M, Driving
from desktop_client.demo.entries import ENTRIES, PLAYER
from desktop_client.demo.events import Event, Kind
from desktop_client.demo.incidents import Incidents
from desktop_client.demo.racing_line import racing_line
from desktop_client.demo.road import Road
from desktop_client.demo.skies import Skies
from desktop_client.demo.stints import Stints
from desktop_client.demo.temper import OFF_TRACK_M, Temper
from desktop_client.demo.timing import Timing
from desktop_client.demo.traffic import Traffic
from desktop_client.telemetry.frame import Bools, Floats

LONGEST_STEP_S = 1 / 60
FAST_FORWARD_STEP_S = 1 / 15
LIGHTS = 5
GRID_WAIT_S = 6.5
FULL_RACE_LAPS = 12
RUN_UP_S = 12.0  # how long before the line a race that is joined half-way shows the player
JOIN_AT_LAP = 2
COOL_DOWN_PACE = 0.72
COOL_DOWN_S = 12.0  # from the last car's finish to the end of the session
STRAGGLERS_S = 100.0  # how long after the winner the session ends at the latest


class Phase(enum.Enum):
    GRID = enum.auto()
    RACING = enum.auto()
    FINISHING = enum.auto()  # the leader has seen the flag
    OVER = enum.auto()


class Race:
    """Deterministic by seed, as long as the steps are asked for alike."""

    def __init__(self, seed: int, laps: int = FULL_RACE_LAPS) -> None:
        if laps < 1:
            raise ValueError("a race has at least one lap")
        self.seed, self.laps = seed, laps
        self.uid = int(np.random.default_rng([seed, 2]).integers(1, 2**63))
        self.now = 0.0
        self.phase = Phase.GRID
        self.circuit = kestrel_park()
        self.road = Road(self.circuit, racing_line())
        chance = np.random.default_rng([seed, 1])
        cars = len(ENTRIES)
        self.skill = 1.0 - np.array([entry.deficit for entry in ENTRIES])
        self.grid = np.argsort(chance.normal(0.0, 0.0016, cars) - self.skill, kind="stable").astype(np.int32)
        self.grid_position = np.empty(cars, dtype=np.int32)
        self.grid_position[self.grid] = np.arange(1, cars + 1)
        self.driving = Driving(self.road, self.grid)
        self.temper = Temper(cars, chance)
        self.traffic = Traffic(cars, chance)
        self.stints = Stints(self.circuit, laps, chance)
        self.timing = Timing(self.circuit, laps, self.grid)
        self.cockpit = Cockpit(cars, chance)
        self.skies = Skies(np.random.default_rng([seed, 4]))
        self.incidents = Incidents(cars, laps, np.random.default_rng([seed, 3]))
        self.slope = np.gradient(self.circuit.z, self.circuit.step_m)
        self.top_speed = np.zeros(cars)  # m/s, of the whole race
        self.top_speed_lap = np.zeros(cars, dtype=np.int32)
        self._reaction = chance.uniform(0.16, 0.34, cars)
        self._lights = 0
        self._flag_at = np.inf
        self._ends_at = np.inf
        self._careful_until_lap = 1 if laps == 1 else 2
        self._unsaid = [Event(Kind.SESSION_STARTED)]

    @classmethod
    def joined(cls, seed: int, laps: int = FULL_RACE_LAPS) -> Race:
        """A race in full swing, with the player twelve seconds before the line; that car's next lap will be valid.

        A race of one lap has no such moment and begins on the grid.
        """
        race = cls(seed, laps)
        if laps == 1:
            return race
        join_at = min(JOIN_AT_LAP, laps - 1)
        race._careful_until_lap = join_at + 1
        last_lap_begun_m = (join_at - 0.5) * race.circuit.length_m
        while race.driving.distance[PLAYER] < last_lap_begun_m or race.player_to_line_s() > RUN_UP_S:
            race.advance(FAST_FORWARD_STEP_S, longest_step=FAST_FORWARD_STEP_S)
        race._unsaid = [Event(Kind.SESSION_STARTED)]
        return race

    def player_to_line_s(self) -> float:
        """How long the player will need to the line at the ideal pace."""
        line, step = self.road.line, self.circuit.step_m
        row = int(self.driving.lap_distance[PLAYER] / step)
        return float(np.sum(line.stretch[row:] / line.speed[row:]) * step)

    def gaps(self) -> tuple[Floats, Floats]:
        """Seconds behind the leader and behind the car in front, as of now."""
        return self.timing.gaps(self.now, self.driving.distance, self.driving.speed)

    @property
    def started_at(self) -> float:
        """When the lights go out, in session time."""
        return GRID_WAIT_S

    @property
    def over(self) -> bool:
        return self.phase is Phase.OVER

    def advance(self, dt: float, *, longest_step: float = LONGEST_STEP_S) -> list[Event]:
        """Let `dt` seconds pass, in equal steps of at most `longest_step`, and say what happened in them."""
        events, self._unsaid = self._unsaid, []
        steps = max(1, int(np.ceil(dt / longest_step - 1e-9)))
        for _ in range(steps):
            if self.over:
                break
            events += self._step(dt / steps)
        return events

    def _step(self, dt: float) -> list[Event]:
        self.now += dt
        events = self._wait_on_grid() if self.phase is Phase.GRID else []
        driving, timing, stints = self.driving, self.timing, self.stints
        here, before = driving.lap_distance, driving.distance
        careful = self._careful()
        self.temper.step(dt, driving.under, careful | (self.now < GRID_WAIT_S + 8.0) | stints.in_lane)
        incidents = self.incidents
        pace = self.skill * self.temper.pace() * stints.pace() * self.skies.pace(self.now)
        pace *= incidents.pace(self.now, stints.in_lane)
        pace = np.where(timing.finished, np.minimum(pace, COOL_DOWN_PACE), pace)
        self.traffic.step(
            driving, stints.in_lane, pace, racing=self.phase is Phase.RACING, gone=incidents.breaking_down
        )
        waiting = self.now < GRID_WAIT_S + self._reaction
        ceiling = np.minimum(np.minimum(self.traffic.ceiling, stints.ceiling(here)), incidents.ceiling(driving))
        deviation = np.where(self.traffic.attacking, self.traffic.aside, self.temper.deviation())
        pit_side = PASSING_ROOM_M - driving.under.half_width - driving.under.line_offset
        deviation = np.where(stints.out_of_the_way(here), pit_side, deviation)
        deviation = np.where(incidents.breaking_down, incidents.aside(driving), deviation)
        driving.step(
            dt,
            pace=pace * self.traffic.factor,
            ceiling=np.where(waiting, 0.0, ceiling),
            tow=self.traffic.tow,
            deviation=np.where(waiting, driving.deviation, deviation),
            pitting=stints.called.astype(np.float64),
            box=stints.box_share(here),
            loose=(self.temper.slipping & self.temper.wide) | incidents.breaking_down,
        )
        driving.stop(np.flatnonzero(waiting | (stints.status == 2) | incidents.retired))
        if self.phase is not Phase.GRID:
            events += timing.step(dt, self.now, before, driving.distance)
        self.cockpit.step(dt, driving, waiting=self.phase is Phase.GRID)
        barred = careful | timing.finished | incidents.breaking_down
        way = driving.distance - before
        stints.step(dt, driving.lap_distance, way, self.cockpit.throttle, timing.lap, barred)
        faster = driving.speed > self.top_speed
        self.top_speed = np.maximum(self.top_speed, driving.speed)
        self.top_speed_lap = np.where(faster, timing.lap, self.top_speed_lap)
        completed = [event.row for event in events if event.kind is Kind.LAP_COMPLETED]
        if completed:
            stints.lap_completed(completed)
            self.cockpit.lap_completed(completed)
        return events + self._judge(dt, barred) + self._turn_phase()

    def _wait_on_grid(self) -> list[Event]:
        if self.now >= GRID_WAIT_S:
            self.phase = Phase.RACING
            self.timing.start(GRID_WAIT_S)
            return [Event(Kind.LIGHTS_OUT)]
        burning = min(LIGHTS, max(0, int(self.now - 1.0)))
        if burning == self._lights:
            return []
        self._lights = burning
        return [Event(Kind.LIGHT, value=burning)]

    def _careful(self) -> Bools:
        """The player, until the first full lap is in the book: a newcomer's first lap must count."""
        careful = np.zeros(len(ENTRIES), dtype=np.bool_)
        careful[PLAYER] = self.timing.lap[PLAYER] <= self._careful_until_lap
        return careful

    @property
    def off_track(self) -> Bools:
        """Who has left the road, other than for the pit lane."""
        driving = self.driving
        return (np.abs(driving.offset) > driving.under.half_width + OFF_TRACK_M) & ~self.stints.called

    @property
    def pit_window(self) -> tuple[int, int]:
        """The laps on which the player's engineer wants a stop."""
        middle = max(2, round(self.laps * 0.45))
        return middle, min(middle + 3, max(self.laps - 1, middle))

    def _judge(self, dt: float, spared: Bools) -> list[Event]:
        """Who has exceeded the limits of the track, and who has run into whom."""
        incidents, gone_before = self.incidents, self.incidents.retired.copy()
        beyond = np.flatnonzero(self.off_track & self.timing.valid & ~incidents.breaking_down)
        events = [*self.timing.invalidate(beyond), *incidents.warn(beyond)]
        gaps_m = self.traffic.gap_ahead_on_road_m
        spared = spared | (self.phase is not Phase.RACING)
        events += incidents.step(dt, self.now, self.driving, self.timing.lap, self.stints.stops, spared, gaps_m)
        new = np.flatnonzero(incidents.retired & ~gone_before)
        return events + [Event(Kind.RETIRED, int(row)) for row in new]

    def _turn_phase(self) -> list[Event]:
        if self.phase is Phase.RACING and self.timing.chequered:
            self.phase, self._flag_at = Phase.FINISHING, self.now
        if self.phase is Phase.FINISHING:
            if self._ends_at == np.inf and (self.timing.finished | self.incidents.retired).all():
                self._ends_at = self.now + COOL_DOWN_S
            if self.now >= min(self._ends_at, self._flag_at + STRAGGLERS_S):
                self.phase = Phase.OVER
                return [Event(Kind.SESSION_ENDED)]
        return []
