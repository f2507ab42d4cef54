"""What the battery holds, what this lap did to it, and which aids may be used now."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Frame, Player


class Aid(enum.Enum):
    """Whether something that makes the car faster can be used; one that cannot takes no room."""

    ABSENT = enum.auto()
    AVAILABLE = enum.auto()
    ACTIVE = enum.auto()


@dataclass(frozen=True, slots=True)
class EnergyView:
    """Shares are whole percent; None is not known."""

    store: int | None
    mode: str | None
    deployed: int | None  # of what may be used in this lap
    harvested: int | None  # of what may be won in this lap
    this_lap: int | None  # points of percent that the store gained or lost since the line
    last_lap: int | None
    virtual: int | None
    drs: Aid
    overtake: Aid
    overtakes_left: int | None
    aero_open: bool


def energy(frame: Frame, race: Race) -> EnergyView | None:
    """The view; None where the game tells of no battery, no allowance and no aid at all."""
    player = frame.player
    if player is None:
        return None
    held = player.energy
    book = race.used.battery
    drs, overtake = aid(player.drs_open, player.drs_available), aid(player.overtake_active, player.overtake_available)
    store = _percent(None if held is None else held.store)
    view = EnergyView(
        store=store,
        mode=None if held is None else (held.mode or None),
        deployed=_percent(None if held is None else held.deployed),
        harvested=_percent(None if held is None else held.harvested),
        this_lap=None if store is None else _points(book.this_lap),
        last_lap=None if store is None else _points(book.last_lap),
        virtual=_percent(None if held is None else held.virtual),
        drs=drs,
        overtake=overtake,
        overtakes_left=_count(player.overtakes_left),
        aero_open=bool(player.aero_open),
    )
    return view if _says_anything(player, view) else None


def aid(active: bool | None, available: bool | None) -> Aid:
    """One that is in use is active even where the game forgets to say that it is available."""
    if active:
        return Aid.ACTIVE
    return Aid.AVAILABLE if available else Aid.ABSENT


def _says_anything(player: Player, view: EnergyView) -> bool:
    told = (view.store, view.mode, view.deployed, view.harvested, view.virtual, view.overtakes_left)
    aids = (player.drs_open, player.drs_available, player.overtake_active, player.overtake_available, player.aero_open)
    return any(value is not None for value in (*told, *aids))


def _percent(share: float | None) -> int | None:
    return None if share is None or not 0 <= share <= 1 else round(share * 100)


def _points(share: float | None) -> int | None:
    return None if share is None or not math.isfinite(share) else round(share * 100)


def _count(value: int | None) -> int | None:
    return value if value is not None and 0 <= value <= 999 else None
