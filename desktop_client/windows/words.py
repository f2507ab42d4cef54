"""What a widget's settings are called where the names of their fields do not say it to a driver."""

from __future__ import annotations

from typing import Final

from desktop_client.overlay.hotkeys import Wish
from desktop_client.race.situation import Situation
from desktop_client.telemetry.frame import SessionKind

WORDS: Final[dict[str, dict[str, str]]] = {
    "damage": {"always": "Also while the car is whole"},
    "dash": {"rpm": "Revs in figures"},
    "delta": {
        "reference": "Compared with",
        "lap": "Number of the chosen lap",
        "span_s": "The bar is full at",
        "predicted": "Predicted lap time",
    },
    "energy": {"balance": "Deployed and harvested", "aids": "Driving aids"},
    "flags": {"elsewhere": "Yellow flags elsewhere"},
    "fuel": {
        "margin": "Safety margin",
        "margin_unit": "Margin in",
        "average_laps": "Laps in the average",
        "resource": "Counts",
        "table": "Table of consumptions",
    },
    "head_to_head": {"same_class": "Only cars of my class", "laps": "Last laps"},
    "inputs": {"span_s": "Shows the last"},
    "lap_log": {"laps": "Finished laps", "running": "Running lap"},
    "pit": {
        "stop_s": "Time standing",
        "worn_out_percent": "A tyre is worn out at",
        "rivals": "Rivals before and behind",
    },
    "relative": {
        "ahead": "Cars ahead",
        "behind": "Cars behind",
        "place": "Position",
        "licence": "Licence or rating",
    },
    "session": {"horizon_min": "Forecast", "counted": "Incidents and penalties"},
    "standings": {
        "leaders": "Leaders always shown",
        "other_classes": "Cars of each other class",
        "number": "Car number",
        "gained": "Places gained",
        "licence": "Licence or rating",
        "stops": "Pit stops",
        "lap": "Lap time",
        "gap": "Gap to the car",
    },
    "track_map": {
        "mode": "Shows",
        "zoom_m": "Width while it follows",
        "heading_up": "Turns with the car",
        "corners": "Corner labels",
    },
    "tyres": {
        "pressure": "Pressure in",
        "worn_out_percent": "A tyre is worn out at",
        "cold_c": "Cold below",
        "hot_c": "Hot above",
        "brakes": "Brakes instead of pressures",
    },
}

SITUATIONS: Final[dict[Situation, str]] = {
    Situation.DRIVING: "In the car",
    Situation.PIT: "Pit lane",
    Situation.GARAGE: "Garage",
    Situation.SPECTATING: "Spectating",
    Situation.REPLAY: "Replay",
}

SESSIONS: Final[dict[SessionKind | None, str]] = {
    None: "Any session",
    SessionKind.PRACTICE: "Practice",
    SessionKind.QUALIFYING: "Qualifying",
    SessionKind.RACE: "Race",
    SessionKind.TIME_TRIAL: "Time trial",
}

WISHES: Final[dict[Wish, str]] = {
    Wish.HIDE: "Hide and show everything",
    Wish.EDIT: "Edit the layout",
    Wish.NEXT_PROFILE: "Next profile",
    Wish.MAP_VIEW: "Whole map, or follow the car",
}
