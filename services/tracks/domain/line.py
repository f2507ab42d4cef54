"""What is remembered of how one game has a layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from services.tracks.domain.versioning import Trial


@dataclass(frozen=True, slots=True)
class Supporter:
    """A driver of a line; `facts` is JSON, what the game told this driver of sectors and pit lane."""

    driver: UUID
    laps: int
    facts: str = "{}"


@dataclass(frozen=True, slots=True)
class Line:
    """What is remembered of how one game has a layout, as far as it matters for one driver's lap.

    `version` is the newest that can be had, 0 where none was published; `last_version` counts those that were
    withdrawn too. `others` is how many other drivers drove the layout, in whatever game, and `others_here` in this one;
    the last hundred of those are among the `supporters`. `edited` is JSON, what moderators said of the line.
    """

    layout_id: UUID
    game: str
    track_id: str
    reference_path: str
    published_path: str | None
    version: int
    last_version: int
    evidence: bytes | None
    laps: int
    edited: str
    is_confirmed: bool
    others: int
    others_here: int
    supporters: tuple[Supporter, ...]
    trials: tuple[Trial, ...]

    @property
    def is_known_to_two(self) -> bool:
        """Whether two drivers or a moderator say that there is such a road, now that this lap was driven."""
        return self.is_confirmed or self.others > 0

    @property
    def has_edited_corners(self) -> bool:
        return "corners" in msgspec.json.decode(self.edited, type=dict[str, Any])
