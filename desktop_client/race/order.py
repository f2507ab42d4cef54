"""Who is before whom: the order of a race, or of a session against the clock, overall and per class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_client.race.classes import known_laps
from desktop_client.telemetry.frame import Cars, CarStatus, Floats, Ints, SessionKind

Rows = NDArray[np.intp]

AGAINST_THE_CLOCK = frozenset({SessionKind.PRACTICE, SessionKind.QUALIFYING, SessionKind.TIME_TRIAL})
LAST = 1_000_000  # the place of a car that no place is known of
FARTHEST_M = 1e9
ANY_LAP_M = 1e5  # longer than every lap: where the length is not known, the lap number decides


def order(cars: Cars, kind: SessionKind, length_m: float | None) -> Rows:
    """The rows of all cars, first to last. Every car is in it exactly once, whatever the columns hold.

    Against the clock the best lap decides; in a race the game's own places, and the distance where it gives none.
    """
    places = np.where(cars.position > 0, cars.position, LAST)
    if kind in AGAINST_THE_CLOCK:
        return np.lexsort((places, known_laps(cars.best_lap_s)))
    driven = driven_m(cars, length_m or ANY_LAP_M)
    is_out = cars.status >= CarStatus.RETIRED
    return np.lexsort((np.where(np.isnan(driven), np.inf, -driven), is_out, places))


def driven_m(cars: Cars, length_m: float) -> Floats:
    """Metres since the start of the race for every car, counted from laps where the game does not say; or nan."""
    with np.errstate(invalid="ignore", over="ignore"):
        counted = (cars.lap - 1) * length_m + cars.lap_distance_m
        driven = np.where(np.isfinite(cars.total_distance_m), cars.total_distance_m, counted)
        return np.where(np.abs(driven) < FARTHEST_M, driven, np.nan)


def places_in_class(ordered: Rows, of_row: Ints) -> Ints:
    """Each car's place among its own class, 1 leads.

    Counted from the order that is shown, not taken from the game: the two change at different moments, and a table
    that shows the same place twice is believed in nothing.
    """
    places = np.zeros(len(of_row), dtype=np.int32)
    for number in np.unique(of_row).tolist():
        members = ordered[of_row[ordered] == number]
        places[members] = np.arange(1, len(members) + 1)
    return places
