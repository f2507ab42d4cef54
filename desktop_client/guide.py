"""docs/games.md, written from the code: which game says what, which widget can live on it, and what to switch on.

`python -m desktop_client.guide docs/games.md` writes it anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from desktop_client.overlay.widgets import WIDGETS
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Capability
from desktop_client.telemetry.source import GameSettings, MemoryInlet, Source, UdpInlet

YES, NO = "●", "·"

OPENING: Final = """# Games
Written from the code by `make docs`; a test compares. RaceOverlay listens to all enabled games at once and shows the
one that speaks. What a game does not say, a widget says: "This game does not send …", never a zero. The status page
(tray icon > Status) tells for each game where it is waited for, what arrives and what the last error was.

Something to change per game (its port, the address of a console, or not to listen at all) goes into `client.toml` in
the client's state folder:

```toml
[games.gt7]
host = "192.0.2.17"   # the console's address in your network

[games.forza]
port = 5405

[games.ams2]
enabled = false
```

A recording of any of them: `python -m desktop_client --record FILE` while driving, `--replay FILE` to watch it.

"""

TEACHING: Final = """
## What each game teaches of a track
A lap becomes a map only if nothing speaks against it ([how tracks are learned](tracks.md)). What a game says must hold;
what it does not say is judged from the lap itself: its time is the game's, it closes on itself, the car never jumps,
stands or turns back. Where the game does not say where the car is, the road is reckoned from its speed and heading.
Where it does not say which track it is, the road is known again by its shape.

"""
TEACHES: Final = {
    "where the road is": Capability.WORLD_POSITION,
    "which track it is": Capability.TRACK_ID,
    "whether a lap counted": Capability.LAP_VALIDITY,
    "the pit lane": Capability.PIT_STATUS,
    "how wide the road is, by other cars": Capability.OPPONENT_POSITION,
}


def guide() -> str:
    """The whole document."""
    sources = {key: game.make(GameSettings()) for key, game in GAMES.items()}
    parts = [OPENING, "## How to switch it on\n", *_how_to(sources)]
    said = {capability.replace("_", " "): capability for capability in Capability}
    parts += ["\n## What each game says\n", *_table("says", said, sources)]
    parts += ["\n## Which widget works with it\n", *_widgets(sources)]
    return "".join([*parts, TEACHING, *_table("says", TEACHES, sources)])


def _how_to(sources: dict[str, Source]) -> Iterator[str]:
    yield "| game | in the game | heard at | checked against |\n|---|---|---|---|\n"
    for key, game in GAMES.items():
        yield f"| **{game.title}** (`{key}`) | {game.how_to} | {_where(sources[key])} | {game.seen} |\n"


def _where(source: Source) -> str:
    """Where a game is heard, in words."""
    ports = [f"UDP port {inlet.port}" for inlet in source.inlets if isinstance(inlet, UdpInlet) and inlet.port]
    asked = [
        f"asked at UDP port {inlet.peer[1]}" for inlet in source.inlets if isinstance(inlet, UdpInlet) and inlet.peer
    ]
    blocks = [f"`{inlet.name}`" for inlet in source.inlets if isinstance(inlet, MemoryInlet)]
    return ", ".join((*ports, *asked, *(["shared memory " + ", ".join(blocks)] if blocks else [])))


def _table(caption: str, rows: dict[str, Capability], sources: dict[str, Source]) -> Iterator[str]:
    yield f"| {caption} | " + " | ".join(sources) + " |\n|---|" + ":-:|" * len(sources) + "\n"
    for name, capability in rows.items():
        marks = (YES if capability in source.capabilities else NO for source in sources.values())
        yield f"| {name} | " + " | ".join(marks) + " |\n"


def _widgets(sources: dict[str, Source]) -> Iterator[str]:
    yield "| widget | needs | " + " | ".join(sources) + " |\n|---|---|" + ":-:|" * len(sources) + "\n"
    for widget in WIDGETS.values():
        needs = ", ".join(_words(widget.needs)) or " or ".join(_words(widget.needs_any)) or "anything"
        marks = (YES if widget.works_with(source.capabilities) else NO for source in sources.values())
        yield f"| {widget.title} | {needs} | " + " | ".join(marks) + " |\n"


def _words(capabilities: frozenset[Capability]) -> list[str]:
    return sorted(capability.replace("_", " ") for capability in capabilities)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(guide(), "utf-8")
