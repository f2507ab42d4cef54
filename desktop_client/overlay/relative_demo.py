"""A made-up moment on the road, for a look at the relative without a game."""

from __future__ import annotations

from desktop_client.race.classes import CarClass
from desktop_client.race.relative import RelativeRow, RelativeView
from desktop_client.race.teams import Team

CLASSES = (CarClass("Hypercar", "Hypercar", 0), CarClass("LMP2", "LMP2", 1), CarClass("LMGT3", "LMGT3", 2))
NAMES = ("M. Novák", "I. Okafor", "T. Lindqvist", "A. Tanaka", "L. Moreau", "Δ. Παπάς", "N. Haddad")
LICENCES = ("A 4.12", "B 2.87", "A 1.93", "A 3.45", "C 3.01", "B 4.40", "A 2.08")
CLASS_OF = (0, 2, 1, 1, 1, 2, 1)
BEST_S = (88.418, 94.937, 104.204)


def demo_view(ahead: int, behind: int) -> RelativeView:
    """Three classes, a car that laps the driver, one that is being lapped, and one in the pits."""
    return RelativeView(tuple(_row(index, ahead, behind) for index in range(ahead + 1 + behind)), ahead)


def _row(index: int, ahead: int, behind: int) -> RelativeRow:
    place = index - ahead + 3  # the driver is the fourth of the names however many are ahead
    number = CLASS_OF[place % len(CLASS_OF)]
    return RelativeRow(
        slot=index,
        position=9 + place,
        number=(place * 17 + 3) % 99,
        name=NAMES[place % len(NAMES)],
        team=Team(f"Team {index}", index),
        gap_s=round((ahead - index) * 1.7 + (index * 7 % 5) * 0.1, 1) if index != ahead else 0.0,
        laps=(1, 0, -1)[number] if index != ahead else 0,
        in_pit=index == ahead + behind,
        is_player=index == ahead,
        car_class=CLASSES[number],
        class_position=3 + place,
        licence=LICENCES[place % len(LICENCES)],
        rating=1800 + place * 211 % 900,
        last_lap_s=BEST_S[number] + (place * 53 % 17) / 10,
    )
