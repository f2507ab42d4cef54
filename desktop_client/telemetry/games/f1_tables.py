"""What the numbers in F1 packets stand for: circuits, kinds of session, teams, tyres."""

from __future__ import annotations

from typing import Final

from desktop_client.telemetry.frame import SessionKind

TRACKS: Final[dict[int, str]] = {
    0: "Melbourne",
    1: "Paul Ricard",
    2: "Shanghai",
    3: "Sakhir",
    4: "Catalunya",
    5: "Monaco",
    6: "Montreal",
    7: "Silverstone",
    8: "Hockenheim",
    9: "Hungaroring",
    10: "Spa-Francorchamps",
    11: "Monza",
    12: "Singapore",
    13: "Suzuka",
    14: "Yas Marina",
    15: "Austin",
    16: "Interlagos",
    17: "Red Bull Ring",
    18: "Sochi",
    19: "Mexico City",
    20: "Baku",
    21: "Sakhir Short",
    22: "Silverstone Short",
    23: "Austin Short",
    24: "Suzuka Short",
    25: "Hanoi",
    26: "Zandvoort",
    27: "Imola",
    28: "Portimao",
    29: "Jeddah",
    30: "Miami",
    31: "Las Vegas",
    32: "Losail",
    39: "Silverstone Reverse",
    40: "Red Bull Ring Reverse",
    41: "Zandvoort Reverse",
    42: "Madrid",
    120: "Kestrel Park",  # the circuit of the demo race; the game does not use this id
}

PRACTICE_TYPES: Final = range(1, 5)
QUALIFYING_TYPES: Final = range(5, 10)
SPRINT_SHOOTOUT_TYPES: Final = range(10, 15)


def session_kind(session_type: int, packet_format: int) -> SessionKind:
    """The kind behind `session_type`; from 2024 on the sprint shootouts pushed the races up by five."""
    has_shootouts = packet_format >= 2024
    if session_type in PRACTICE_TYPES:
        return SessionKind.PRACTICE
    if session_type in QUALIFYING_TYPES or (has_shootouts and session_type in SPRINT_SHOOTOUT_TYPES):
        return SessionKind.QUALIFYING
    first_race = 15 if has_shootouts else 10
    if session_type in range(first_race, first_race + 3):
        return SessionKind.RACE
    return SessionKind.TIME_TRIAL if session_type == first_race + 3 else SessionKind.UNKNOWN


_TEAMS: Final[dict[int, str]] = {
    0: "Mercedes",
    1: "Ferrari",
    2: "Red Bull",
    3: "Williams",
    4: "Aston Martin",
    5: "Alpine",
    6: "Racing Bulls",
    7: "Haas",
    8: "McLaren",
    9: "Sauber",
    41: "F1 Generic",
    104: "Custom Team",
    129: "Konnersport",
    142: "APXGP",
    154: "APXGP",
    155: "Konnersport",
}
_TEAMS_OF_2023: Final = _TEAMS | {6: "AlphaTauri", 9: "Alfa Romeo"}
_GRID_OF_2026: Final = (*(_TEAMS[i] for i in range(9)), "Audi", "Cadillac")
_TEAMS_OF_2026: Final = _TEAMS | {476 + i: name for i, name in enumerate(_GRID_OF_2026)}


def team_name(team_id: int, packet_format: int) -> str:
    """The team's short name, or an empty text for the many that only past seasons know."""
    if packet_format >= 2026:
        return _TEAMS_OF_2026.get(team_id, "")
    return (_TEAMS_OF_2023 if packet_format == 2023 else _TEAMS).get(team_id, "")


TYRE_LETTERS: Final[dict[int, str]] = {
    7: "I",
    8: "W",
    10: "W",
    15: "W",
    16: "S",
    17: "M",
    18: "H",
    19: "S",  # Formula 2's super soft
    20: "S",
    21: "M",
    22: "H",
}
"""Visual compound -> letter; what the tyre looks like is what the broadcast and the drivers call it."""
