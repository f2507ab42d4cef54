"""What of the car is broken, worst first."""

from __future__ import annotations

import math
from dataclasses import dataclass

from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import WHEELS, Frame, Part, Player, Wheel

LEAST = 0.02  # share; scratches are not damage
HURTS = 25  # percent from which a part costs lap time
BROKEN = 60  # percent from which it has to be repaired
MIRRORS_WEAR = 0.05  # a tyre whose damage is no more than this beyond its wear is worn: some games send that twice


@dataclass(frozen=True, slots=True)
class DamageView:
    """Shares are whole percent, of damaged parts only; a whole car has none."""

    parts: tuple[tuple[Part, int], ...]  # worst first
    wheels: tuple[int, int, int, int]  # punctures and cut tyres, in the order of WHEELS; 0 whole

    @property
    def whole(self) -> bool:
        return not self.parts and not any(self.wheels)

    @property
    def worst(self) -> tuple[str, int] | None:
        """The name and the percent of what is damaged most."""
        named = [(part.value.replace("_", " "), percent) for part, percent in self.parts[:1]]
        named += [(f"tyre {name}", percent) for name, percent in zip(WHEELS, self.wheels, strict=True) if percent]
        return max(named, key=lambda each: each[1], default=None)


def damage(frame: Frame, _race: Race) -> DamageView | None:
    """The damaged parts; None where the game does not tell."""
    player = frame.player
    if player is None or (player.damage is None and not _tells_of_tyres(player)):
        return None
    shares = player.damage or {}
    found = [(part, _percent(share)) for part, share in shares.items() if _percent(share)]
    order = list(Part)
    found.sort(key=lambda each: (-each[1], order.index(each[0])))
    wheels = (0, 0, 0, 0)
    if player.wheels is not None:
        one, two, three, four = (_percent(_damage_of(wheel)) for wheel in player.wheels)
        wheels = (one, two, three, four)
    return DamageView(parts=tuple(found), wheels=wheels)


def _tells_of_tyres(player: Player) -> bool:
    return player.wheels is not None and any(math.isfinite(wheel.damage) for wheel in player.wheels)


def _damage_of(wheel: Wheel) -> float:
    return 0.0 if wheel.damage <= wheel.wear + MIRRORS_WEAR else wheel.damage


def _percent(share: float) -> int:
    return round(min(1.0, share) * 100) if LEAST <= share < 100 else 0
