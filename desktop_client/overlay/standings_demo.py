"""A made-up race of three classes, for a look at the standings without a game."""

from __future__ import annotations

from desktop_client.race.classes import CarClass
from desktop_client.race.dash import LapMark
from desktop_client.race.gaps import Gap
from desktop_client.race.standings import ClassTable, Column, Doing, LapSaid, StandingsRow, StandingsView
from desktop_client.race.table_window import shares, shown
from desktop_client.race.teams import Team

CLASSES = (CarClass("Hypercar", "Hypercar", 0), CarClass("LMP2", "LMP2", 1), CarClass("LMGT3", "LMGT3", 2))
BEST_S = (212.418, 221.937, 241.204)
CARS, OWN_CLASS, OWN = 18, 1, 8
NAMES = (
    *("M. Novák", "I. Okafor", "T. Lindqvist", "A. Tanaka", "L. Moreau", "Δ. Παπάς", "N. Haddad", "Z. van der Meer"),
    *("S. Ferrante", "É. Laurent", "J. Kaya", "О. Волкова", "R. Silva", "B. Sørensen", "C. Adeyemi", "P. Horváth"),
)
DOING = {4: Doing.PIT_LANE, 10: Doing.OUT_LAP, 12: Doing.OFF_TRACK, 17: Doing.RETIRED}
GAINED = (0, 2, -1, 0, -3, 1, 0, 4, 3, -2, 0, 1, -1, 0, -4, 2, 0, -2)


def demo_view(room: int, leaders: int, others: int) -> StandingsView:
    """The table in `room` rows, with something of everything in it."""
    given = shares([CARS] * len(CLASSES), OWN_CLASS, max(1, room - len(CLASSES)), others)
    tables: list[ClassTable] = []
    for number, car_class in enumerate(CLASSES):
        open_here = number == OWN_CLASS
        places = shown(CARS, OWN if open_here else None, given[number], leaders if open_here else others)
        rows = tuple(_row(number, place, place == 0 or place - 1 in places) for place in places)
        tables.append(ClassTable(car_class, CARS, rows))
    columns = frozenset(Column) - {Column.LICENCE}
    return StandingsView(tuple(tables), columns, against_the_clock=False)


def _row(number: int, place: int, follows: bool) -> StandingsRow:
    interval = round(0.8 + (place * 37 % 29) / 7, 1)
    slow = (place * 53 % 17) / 10
    last = BEST_S[number] + 0.331 + slow
    mark = LapMark.SESSION_BEST if place == 1 else LapMark.OWN_BEST if place % 5 == 2 else LapMark.PLAIN
    doing = DOING.get(place, Doing.RACING) if number == OWN_CLASS else Doing.RACING
    return StandingsRow(
        slot=number * CARS + place,
        place=place + 1,
        number=1 + (number * 31 + place * 7 + 4) % 98,
        name=NAMES[(number * 5 + place) % len(NAMES)],
        team=Team(f"Team {place}", place),
        gap=Gap() if place == 0 else Gap(laps=1) if place > 14 else Gap(round(place * 4.3, 1)),
        interval=Gap() if place == 0 else Gap(interval),
        gained=GAINED[place],
        last=LapSaid(round(BEST_S[number] if place == 1 else last, 3), mark),
        best=LapSaid(round(BEST_S[number] + place * 0.083, 3), LapMark.OWN_BEST),
        licence="",
        rating=None,
        tyre="H" if place % 3 == 0 else "M",
        stint_laps=3 + place * 5 % 14,
        stops=1 + place % 2,
        penalty_s=5 if number == OWN_CLASS and place == 9 else None,
        doing=doing,
        is_player=number == OWN_CLASS and place == OWN,
        follows=follows,
    )
