"""Who waves which flag where: yellow before and beside a car off the road, and for all while the race is slowed."""

from __future__ import annotations

import numpy as np

from desktop_client.demo.race import Race
from desktop_client.telemetry.frame import Bools, Floats, Ints

POSTS = 18
NO_FLAG, BLUE, YELLOW = 0, 2, 3  # as the game numbers them
FIRST_POST = 0.002  # share of the lap


def flags_by_post(race: Race) -> Ints:
    flags = np.zeros(POSTS, dtype=np.int32)
    stray = race.off_track & ~race.incidents.breaking_down
    flags[_post(race, race.driving.lap_distance[stray])] = YELLOW
    hazard = race.incidents.hazard_m(race.now, race.driving)
    if hazard is not None:
        before_it = hazard - race.circuit.length_m / POSTS
        flags[_post(race, np.array([before_it, hazard]))] = YELLOW
    return flags


def flags_by_car(race: Race) -> Ints:
    """What each driver is shown: yellow where it is waved or under the virtual safety car, else blue if lapped."""
    yellow: Bools = flags_by_post(race)[_post(race, race.driving.lap_distance)] == YELLOW
    if race.incidents.virtual_safety_car(race.now):
        yellow |= True
    return np.where(yellow, YELLOW, np.where(race.traffic.blue, BLUE, NO_FLAG))


def _post(race: Race, lap_distance_m: Floats) -> Ints:
    share = np.mod(lap_distance_m / race.circuit.length_m - FIRST_POST, 1.0)
    return np.minimum(share * POSTS, POSTS - 1).astype(np.int32)
