"""How far the tank lasts, and what a stop has to bring: for fuel, and with the same code for virtual energy."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Literal

from desktop_client.race.consumption import Consumption, Use
from desktop_client.race.fuel_plan import Margin, Plan, plan
from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.moment import lap_share
from desktop_client.race.to_the_flag import ToGo, to_go
from desktop_client.telemetry.frame import Frame, FuelUnit, Player

TIGHT = 0.05  # a use that is lower by no more than this can be driven
MOST_SHOWN = 9999.0

Resource = Literal["auto", "fuel", "energy"]
Unit = Literal["L", "kg", "%"]  # a small l is read as a one
UNITS: dict[FuelUnit, Unit] = {FuelUnit.LITRE: "L", FuelUnit.KG: "kg", FuelUnit.TANK: "%"}


class Verdict(enum.Enum):
    """What the driver should know or do; the widget words it."""

    UNKNOWN = enum.auto()  # no lap is known yet
    LASTS = enum.auto()  # outside a race: so many laps, and what one more would ask
    ENOUGH = enum.auto()
    SAVE = enum.auto()  # nothing can be filled in, or so little is missing that saving is the better way
    STOP = enum.auto()


@dataclass(frozen=True, slots=True)
class FuelRow:
    """What a lap costs, by one way of counting, and what follows from it. None is not known."""

    name: str
    use: float | None
    laps: float | None  # that the tank lasts
    over: float | None  # at the flag; below zero is missing


@dataclass(frozen=True, slots=True)
class FuelView:
    """Everything is rounded to what is shown: levels and laps to a tenth, use to a hundredth."""

    energy: bool  # it is about virtual energy, not fuel
    unit: Unit
    level: float
    filled: int | None  # percent of the tank
    laps_left: float | None
    from_game: bool  # the game's own estimate stands in, until a lap is known
    laps_to_go: float | None
    perhaps_one_more: bool
    add: float | None  # litres and percent are whole, rounded up; None where nothing is to be added or known
    over: float | None
    rows: tuple[FuelRow, ...]  # this lap as it is going, last, average, most
    verdict: Verdict
    target: float | None  # the use per lap that the verdict speaks of
    stops: int | None
    last_lap: int | None  # on which the car has to come in at the latest


@dataclass(frozen=True, slots=True)
class Level:
    """One resource as the game tells of it, a share as percent."""

    energy: bool
    unit: Unit
    amount: float
    capacity: float | None
    laps_left: float | None
    consumption: Consumption


def fuel(
    frame: Frame,
    race: Race,
    recent: int = 5,
    margin: Margin = Margin(),
    resource: Resource = "auto",
    refuelling: bool | None = None,
) -> FuelView | None:
    """The view of the resource, or None where the game says nothing of it.

    `recent` laps make the average. `auto` is the energy where rules limit it, because stops are planned by that;
    `refuelling` None is "yes, unless fuel is weighed": the one kind of racing that weighs it forbids to refuel.
    """
    level, own = level_of(frame, race, resource), own_row(frame)
    if level is None or own is None:
        return None
    share, ahead = lap_share(frame, own), to_go(frame, race)
    use = level.consumption.use(recent)
    chosen, from_game = _chosen_use(level, use)
    made = None if chosen is None else _plan(level, chosen, share, ahead, margin)
    can_stop = level.unit != "kg" if refuelling is None else refuelling
    verdict, target = _verdict(made, chosen, can_stop)
    step = 1 if level.unit == "kg" else 0
    lap = int(frame.cars.lap[own])
    missing = made is not None and made.add is not None and made.add > 0
    return FuelView(
        energy=level.energy,
        unit=level.unit,
        level=_rounded(level.amount, 1) or 0.0,
        filled=_percent(level),
        laps_left=None if made is None else _rounded(made.laps_left, 1, down=True),
        from_game=from_game,
        laps_to_go=None if ahead is None else _rounded(ahead.laps, 1),
        perhaps_one_more=ahead is not None and ahead.perhaps_one_more,
        add=_raised(made.add, step) if made is not None and made.add is not None and missing else None,
        over=None if made is None else _rounded(made.over, 1),
        rows=_rows(level, use, share, ahead),
        verdict=verdict,
        target=_rounded(target, 2, down=True),
        stops=None if made is None else made.stops,
        last_lap=lap + _whole_laps(made, share) if made is not None and missing and lap > 0 else None,
    )


def level_of(frame: Frame, race: Race, resource: Resource = "auto") -> Level | None:
    """The resource that is asked for; None where the game does not say it, or says what cannot be."""
    player = frame.player
    if player is None:
        return None
    energy = None if resource == "fuel" else _energy(player, race)
    return energy if energy is not None or resource == "energy" else _fuel(player, race)


def use_of(level: Level, recent: int) -> float | None:
    """What a lap costs on average, by what was driven or, before that, by the game's own estimate."""
    return _chosen_use(level, level.consumption.use(recent))[0]


def _energy(player: Player, race: Race) -> Level | None:
    share = None if player.energy is None else player.energy.virtual
    if share is None or not 0 <= share <= 1:
        return None
    return Level(True, "%", share * 100, 100.0, None, race.used.virtual)


def _fuel(player: Player, race: Race) -> Level | None:
    tank = player.fuel
    if tank is None or not 0 <= tank.amount < MOST_SHOWN:
        return None
    scale = 100.0 if tank.unit is FuelUnit.TANK else 1.0
    capacity = 1.0 if tank.unit is FuelUnit.TANK else tank.capacity
    known = capacity is not None and 0 < capacity < MOST_SHOWN
    laps = tank.laps_left
    estimate = laps if laps is not None and 0 < laps < MOST_SHOWN else None
    full = capacity * scale if capacity is not None and known else None
    return Level(False, UNITS[tank.unit], tank.amount * scale, full, estimate, race.used.fuel)


def _chosen_use(level: Level, use: Use | None) -> tuple[float | None, bool]:
    if use is not None:
        return use.mean, False
    if level.laps_left is None or level.amount <= 0:
        return None, False
    return level.amount / level.laps_left, True


def _plan(level: Level, use: float, share: float, ahead: ToGo | None, margin: Margin) -> Plan | None:
    return plan(level.amount, use, share, None if ahead is None else ahead.laps, level.capacity, margin)


def _verdict(made: Plan | None, use: float | None, can_stop: bool) -> tuple[Verdict, float | None]:
    if made is None or use is None:
        return Verdict.UNKNOWN, None
    if made.add is None:
        return Verdict.LASTS, made.longer_use
    if made.add <= 0:
        return Verdict.ENOUGH, None
    saving = made.save_use is not None and made.save_use >= use * (1 - TIGHT)
    if not can_stop or (saving and made.stops in (None, 1)):
        return Verdict.SAVE, made.save_use
    return Verdict.STOP, made.save_use if saving else None


def _rows(level: Level, use: Use | None, share: float, ahead: ToGo | None) -> tuple[FuelRow, ...]:
    if use is None:
        return ()
    kinds = {
        "This lap": level.consumption.this_lap(share),
        "Last": use.last,
        "Average": use.mean,
        "Most": use.most,
    }
    rows: list[FuelRow] = []
    for name, each in kinds.items():
        made = None if each is None else _plan(level, each, share, ahead, Margin(0.0))
        if made is None:  # its row stays, so that no other moves
            rows.append(FuelRow(name, None, None, None))
        else:
            rows.append(
                FuelRow(name, _rounded(each, 2), _rounded(made.laps_left, 1, down=True), _rounded(made.over, 1))
            )
    return tuple(rows)


def _whole_laps(made: Plan, share: float) -> int:
    """How many more times the car comes past the pits before the tank is empty."""
    to_line = 1 - share if math.isfinite(share) else 1.0
    return min(int(MOST_SHOWN), max(0, math.floor(made.laps_left - to_line + 1e-9)))


def _percent(level: Level) -> int | None:
    return None if level.capacity is None else round(min(1.0, level.amount / level.capacity) * 100)


def _rounded(value: float | None, decimals: int, *, down: bool = False) -> float | None:
    """Never minus zero, never absurd; `down` for what the driver must be able to rely on."""
    if value is None or not abs(value) < MOST_SHOWN:
        return None
    factor = 10**decimals
    return (math.floor(value * factor + 1e-6) / factor if down else round(value, decimals)) + 0.0


def _raised(value: float, decimals: int) -> float | None:
    """Rounded up: a litre too little is worse than a litre too much."""
    return math.ceil(value * 10**decimals - 1e-6) / 10**decimals if value < MOST_SHOWN else None
