"""How it stands with the map of the track being driven, and with this driver's laps for it."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from contracts.tracks import MapStatus
from desktop_client.race.wanted_lap import Use


class MapStage(enum.StrEnum):
    NO_TRACK = "no_track"  # the game has not said which track this is
    UNNAMED = "unnamed"  # this game never does, and the road is none of those known
    ASKING = "asking"
    KNOWN = "known"
    UNKNOWN = "unknown"  # the cloud has no map of it: a lap is wanted
    NOT_ASKED = "not_asked"  # and none on the shelf: `problem` says why, if there is something to say


@dataclass(frozen=True, slots=True)
class MapState:
    """`track_id` is the name that the map is asked for by, `title` what the map itself calls its track.

    `use` is what a lap of this driver would do for the map. `problem` is a sentence; `waiting` counts laps on their
    way, which stay here while the driver does not share them; `verdict` is a sentence on the last one sent.
    """

    stage: MapStage = MapStage.NO_TRACK
    game: str | None = None
    track_id: str | None = None
    title: str | None = None
    version: int | None = None
    status: MapStatus | None = None
    use: Use | None = None
    problem: str | None = None
    waiting: int = 0
    shares: bool = True
    verdict: str | None = None
