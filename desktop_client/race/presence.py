"""Who is still out there, of all the cars that a game tells of."""

from __future__ import annotations

from desktop_client.telemetry.frame import Bools, Cars, CarStatus


def out_there(cars: Cars) -> Bools:
    """Cars that can be met on the circuit or in its pit lane: neither in the garage nor out of the session."""
    return (cars.status == CarStatus.RUNNING) | (cars.status == CarStatus.FINISHED)


def is_out_there(cars: Cars, row: int) -> bool:
    return cars.status[row] in (CarStatus.RUNNING, CarStatus.FINISHED)
