"""A lap that nothing speaks against, on the line that it was driven on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import numpy as np

from contracts.tracks import Upload
from services.tracks.domain.alignment import Pose
from services.tracks.domain.canonical import Loop
from services.tracks.domain.facts import Facts, told
from services.tracks.domain.lap import Floats, Lap, Places

OWN_PLANE_M: Final = 15.0
"""A lap that lies so near where it was driven lies there: settling would take what it is off the line for a shift."""
IN_PLACE: Final = Pose(is_reversed=False, is_mirrored=False, start=0.0, turn=0.0, scale=1.0, move=0j)


@dataclass(frozen=True, slots=True, eq=False)
class Drive:
    """A lap that nothing speaks against, by whom and when it was sent, and where it lies on a line's reference."""

    upload: Upload
    lap: Lap
    loop: Loop
    driver: UUID
    at: datetime
    pose: Pose = IN_PLACE

    @property
    def places(self) -> Places:
        return self.pose.places(complex_of(self.loop.xy))

    @property
    def facts(self) -> Facts:
        """What the game told of the lap beside its points."""
        return told(
            sector_starts_m=self.upload.sector_starts_m,
            pit=self.upload.pit,
            way=None if self.lap.pit_way is None else self.pose.places(complex_of(self.lap.pit_way)),
            start=self.pose.start,
            driven_m=self.loop.length_m,
        )

    def in_own_plane(self, reference: Loop) -> Drive:
        """This lap where it was driven, if that is as good as where it was found to lie."""
        places = complex_of(reference.xy)
        if self.pose.is_mirrored or float(np.abs(self.pose.places(places) - places).max()) > OWN_PLANE_M:
            return self
        return replace(self, pose=replace(IN_PLACE, start=self.pose.start))


def complex_of(xy: Floats) -> Places:
    return xy[:, 0] + 1j * xy[:, 1]
