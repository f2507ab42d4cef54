"""Every game that the overlay can read, by the name that settings and the command line use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop_client.telemetry.game_file import Contents
from desktop_client.telemetry.games import (
    ams2_anonymous,
    f1_anonymous,
    iracing_anonymous,
    kunos_anonymous,
    rf2_anonymous,
)
from desktop_client.telemetry.games.ac import Ac
from desktop_client.telemetry.games.acc import Acc
from desktop_client.telemetry.games.ams2 import Automobilista2
from desktop_client.telemetry.games.f1 import F1
from desktop_client.telemetry.games.forza import Forza
from desktop_client.telemetry.games.gt7 import GranTurismo7
from desktop_client.telemetry.games.iracing import IRacing
from desktop_client.telemetry.games.iracing_file import contents_of
from desktop_client.telemetry.games.lmu import Lmu
from desktop_client.telemetry.games.rf2 import Rf2
from desktop_client.telemetry.source import GameSettings, Source

UNSEEN: Final = "not yet seen against the real game"


@dataclass(frozen=True, slots=True)
class Game:
    """A family of games that one adapter reads."""

    title: str  # as drivers know it
    make: Callable[[GameSettings], Source]
    how_to: str  # what to switch on in the game, in one or two sentences
    seen: str = UNSEEN  # which recording of the real game the adapter is checked against
    anonymised: Callable[[bytes], bytes] | None = None  # a packet without drivers' names; b"" leaves it out
    contents_of: Callable[[Path], Contents | None] | None = None  # of a file that the game itself has written


def _without_names(packet: bytes) -> bytes:
    """For games that never say a name."""
    return packet


GAMES: Final[dict[str, Game]] = {
    F1.game: Game(
        "F1 23, 24, 25 and its 2026 season",
        F1,
        "Settings > Telemetry Settings: UDP Telemetry On, UDP Port 20777, UDP Send Rate 60Hz, UDP Format the newest.",
        "a recording of a real race of 22 cars (2026), and single packets of 2023, 2024 and 2025",
        f1_anonymous.anonymised,
    ),
    IRacing.game: Game(
        "iRacing",
        IRacing,
        "Nothing to switch on: the simulator publishes its telemetry by itself. Of other cars it says where on the lap "
        "they are, and not where beside you.",
        "a dump of its live memory, a file of its telemetry, and one moment of a real race of 30 drivers",
        iracing_anonymous.anonymised,
        contents_of,
    ),
    Lmu.game: Game(
        "Le Mans Ultimate",
        Lmu,
        "Nothing to switch on: the game publishes its telemetry by itself.",
        anonymised=rf2_anonymous.anonymised,
    ),
    Rf2.game: Game(
        "rFactor 2",
        Rf2,
        "Put rFactor2SharedMemoryMapPlugin64.dll into Bin64/Plugins and switch it on in Settings > Gameplay > Plugins.",
        anonymised=rf2_anonymous.anonymised,
    ),
    Ac.game: Game(
        "Assetto Corsa",
        Ac,
        "Nothing to switch on: the game publishes its telemetry by itself. Of other cars it says nothing.",
        anonymised=kunos_anonymous.anonymised,
    ),
    Acc.game: Game(
        "Assetto Corsa Competizione",
        Acc,
        "Your own car needs nothing. For the others set updListenerPort to 9000 and a connectionPassword in Documents/"
        "Assetto Corsa Competizione/Config/broadcasting.json, and the same password here.",
        anonymised=kunos_anonymous.anonymised,
    ),
    Automobilista2.game: Game(
        "Automobilista 2 and Project CARS 2",
        Automobilista2,
        "Options > System: UDP Frequency 1, UDP Protocol Version Project CARS 2.",
        anonymised=ams2_anonymous.anonymised,
    ),
    GranTurismo7.game: Game(
        "Gran Turismo 7",
        GranTurismo7,
        "Nothing to switch on in the game: set the address of the PlayStation as the host here.",
        "a recording of one lap of Spa (format C, deciphered)",
        anonymised=_without_names,
    ),
    Forza.game: Game(
        "Forza Motorsport 7 and 2023, Forza Horizon 4, 5 and 6",
        Forza,
        "Settings > Gameplay & HUD (Horizon: HUD and Gameplay): Data Out On, IP Address that of this computer, "
        "IP Port 5405, Packet Format Car Dash.",
        "a recording of half a minute of Forza Motorsport (2023)",
        anonymised=_without_names,
    ),
}
