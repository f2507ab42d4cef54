"""Cars among cars: keeping a distance, pulling out of a slipstream, passing, and making room for those a lap ahead."""

from __future__ import annotations

import numpy as np

from desktop_client.demo.driving import PASSING_ROOM_M, Driving
from desktop_client.demo.road import Rows
from desktop_client.telemetry.frame import Bools, Floats

CAR_LENGTH_M = 5.6
CAR_WIDTH_M = 2.0
SIDE_BY_SIDE_M = 2.9
CRAWLING_BY_MPS = 6.0  # slower than the car behind: on its way to the pits, or in trouble
SEEN_AHEAD = 2  # cars; of two side by side, the second may be the one in the way
DRS_ZONES_M = ((2880.0, 3010.0, 185.0), (1480.0, 1665.0, 1880.0))  # detection, opening, closing
TOW_MPS2, TOW_PACE = 1.1, 1.020  # what a slipstream gives
DRS_MPS2, DRS_PACE = 1.9, 1.028  # and an open wing, on top
BOOST_MPS2, BOOST_PACE = 3.5, 1.048  # all that the battery has, for one attack
BOOST_CHANCE, BOOST_PER_PACE = 0.30, 45.0
DIRTY_AIR_PACE = 0.994
DIRTY_AIR_S = 0.45
COMMITMENT = 1.006  # late on the brakes
DRS_GAP_S = 1.0
DRS_FROM_LAP = 3


class Traffic:
    """For every car: a speed ceiling, a pace factor, a tow and a wish to leave the racing line."""

    def __init__(self, cars: int, chance: np.random.Generator) -> None:
        self._chance = chance
        self.ceiling = np.full(cars, np.inf)
        self.factor = np.ones(cars)
        self.tow = np.zeros(cars)
        self.aside = np.zeros(cars)  # wanted deviation from the racing line, metres; only where `attacking`
        self.target = np.full(cars, -1, dtype=np.int32)  # the row being attacked
        self._boosting = np.zeros(cars, dtype=np.bool_)
        self._side = np.ones(cars)  # on which the attack goes by: 1 left, -1 right
        self.gap_ahead_on_road_s = np.full(cars, np.inf)
        self.gap_ahead_on_road_m = np.full(cars, np.inf)
        self.blue = np.zeros(cars, dtype=np.bool_)
        self.drs_allowed = np.zeros(cars, dtype=np.bool_)
        self.drs_open = np.zeros(cars, dtype=np.bool_)
        self._before_m = np.full(cars, np.nan)

    @property
    def attacking(self) -> Bools:
        return self.target >= 0

    def step(self, driving: Driving, in_lane: Bools, pace: Floats, *, racing: bool, gone: Bools) -> None:
        """`gone` cars stand beside the road and are in nobody's way."""
        self.ceiling[:] = np.inf
        self.factor[:] = 1.0
        self.tow[:] = 0.0
        self.gap_ahead_on_road_s[:] = np.inf
        self.gap_ahead_on_road_m[:] = np.inf
        self.blue[:] = False
        here = driving.lap_distance
        behind_the_wall = in_lane & (driving.offset < -driving.under.half_width - CAR_WIDTH_M / 2)
        for group in (np.flatnonzero(~behind_the_wall & ~gone), np.flatnonzero(behind_the_wall)):
            order = group[np.argsort(here[group], kind="stable")]
            for places in range(1, min(len(order), SEEN_AHEAD + 1)):
                self._keep_distance(driving, order, np.roll(order, -places), here, behind_the_wall)
            if len(order) > 1 and not behind_the_wall[order[0]]:
                self._chase(driving, order, np.roll(order, -1), here, pace)
        self._settle_attacks(driving, here, in_lane)
        self.factor *= np.where(self.attacking, COMMITMENT, 1.0) * np.where(self._boosting, BOOST_PACE, 1.0)
        self.tow += np.where(self._boosting, BOOST_MPS2, 0.0)
        self._wings(driving, here, in_lane, racing=racing)
        self._before_m = here

    def _keep_distance(self, driving: Driving, behind: Rows, ahead: Rows, here: Floats, in_line: Bools) -> None:
        speed, offset = driving.speed, driving.offset
        gap = np.mod(here[ahead] - here[behind], driving.road.circuit.length_m)
        in_the_way = (np.abs(offset[behind] - offset[ahead]) < CAR_WIDTH_M) & (gap < 70.0)
        room = CAR_LENGTH_M + 0.8 + 0.06 * speed[behind]
        # in a bend full of cars somebody must keep rolling, or the whole field would come to a halt there
        rolling = np.minimum(0.45 * driving.under.speed[behind], speed[ahead] + 1.0)
        least = np.where(in_line[behind], 0.0, rolling)
        follow = np.where(in_the_way, np.maximum(speed[ahead] + (gap - room) / 0.55, least), np.inf)
        self.ceiling[behind] = np.minimum(self.ceiling[behind], follow)

    def _chase(self, driving: Driving, behind: Rows, ahead: Rows, here: Floats, pace: Floats) -> None:
        """Each car and the next one on the road: the slipstream, who lets whom by, and who begins an attack."""
        length = driving.road.circuit.length_m
        speed, offset, under = driving.speed, driving.offset, driving.under
        gap = np.mod(here[ahead] - here[behind], length)
        self.gap_ahead_on_road_m[behind] = gap
        self.gap_ahead_on_road_s[behind] = gap / np.maximum(speed[behind], 1.0)
        laps_down = driving.distance[behind] - driving.distance[ahead] > length / 2
        straight = under.straight[behind]
        near = gap < CAR_LENGTH_M + 0.55 * speed[behind]
        dirty = ~straight & ~laps_down & (gap < CAR_LENGTH_M + DIRTY_AIR_S * speed[behind])
        towed = straight & (gap < 55.0) & (gap > CAR_LENGTH_M) & (speed[behind] > 45.0)
        self.tow[behind] += np.where(towed, TOW_MPS2, 0.0)
        self.factor[behind] *= np.where(towed, TOW_PACE, np.where(dirty, DIRTY_AIR_PACE, 1.0))
        yielding = ahead[laps_down & near]
        self.blue[yielding] = True
        self.factor[yielding] *= 0.97

        quicker = pace[behind] * self.factor[behind] > pace[ahead] + 0.001
        quicker |= speed[behind] > speed[ahead] + CRAWLING_BY_MPS
        begins = near & (straight | laps_down) & (quicker | laps_down) & (self.target[behind] < 0)
        begins &= speed[behind] > 12.0
        rows, others = behind[begins], ahead[begins]
        self.target[rows] = others
        self._side[rows] = np.where(offset[others] > 0, -1.0, 1.0)
        eager = BOOST_CHANCE + BOOST_PER_PACE * (pace[rows] - pace[others])
        self._boosting[rows] = self._chance.random(len(rows)) < eager

    def _settle_attacks(self, driving: Driving, here: Floats, in_lane: Bools) -> None:
        rows = np.flatnonzero(self.target >= 0)
        if not len(rows):
            return
        others = self.target[rows]
        length = driving.road.circuit.length_m
        lead = np.mod(here[others] - here[rows] + length / 2, length) - length / 2
        beaten = lead > CAR_LENGTH_M
        over = (lead < -CAR_LENGTH_M - 2.0) | (lead > 60.0) | in_lane[others] | in_lane[rows]
        over |= beaten & ~driving.under.straight[rows]
        self.target[rows[over]] = -1
        self._boosting[rows[over]] = False
        edge = driving.under.half_width[rows] - PASSING_ROOM_M
        beside = driving.offset[others] + self._side[rows] * SIDE_BY_SIDE_M
        self.aside[rows] = np.clip(beside, -edge, edge) - driving.under.line_offset[rows]

    def _wings(self, driving: Driving, here: Floats, in_lane: Bools, *, racing: bool) -> None:
        """Decide at each detection line who may open the wing, and open it in the zone that follows."""
        lap = np.floor(driving.distance / driving.road.circuit.length_m) + 1
        inside = np.zeros(len(here), dtype=np.bool_)
        for detection, opens, closes in DRS_ZONES_M:
            passed = (self._before_m < detection) & (here >= detection)
            near = (self.gap_ahead_on_road_s < DRS_GAP_S) & (lap >= DRS_FROM_LAP) & racing & ~in_lane
            self.drs_allowed = np.where(passed, near, self.drs_allowed)
            inside |= (here >= opens) & (here < closes) if opens < closes else (here >= opens) | (here < closes)
        self.drs_open = inside & self.drs_allowed & (driving.acceleration > -3.0) & ~in_lane
        self.tow += np.where(self.drs_open, DRS_MPS2, 0.0)
        self.factor *= np.where(self.drs_open, DRS_PACE, 1.0)
