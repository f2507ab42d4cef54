"""A car from above, cut into the parts that can break."""

from __future__ import annotations

from typing import Final

from desktop_client.telemetry.frame import Part

Outline = tuple[tuple[float, float], ...]

# In a box of 100 x 190 with the nose at the top. It is no real car: wings, flanks and wheels stand for those of all.
WIDTH: Final = 100.0
HEIGHT: Final = 190.0


def _mirrored(*points: tuple[float, float]) -> Outline:
    """The same on the other side of the car."""
    return tuple((WIDTH - x, y) for x, y in points)


_WING = ((6.0, 8.0), (43.0, 3.0), (43.0, 14.0), (10.0, 21.0), (6.0, 21.0))
_ARM_FRONT = ((22.0, 42.0), (39.0, 38.0), (39.0, 52.0), (22.0, 48.0))
_ARM_REAR = ((22.0, 146.0), (38.0, 142.0), (38.0, 156.0), (22.0, 152.0))
_FLANK = ((24.0, 86.0), (35.0, 74.0), (35.0, 138.0), (28.0, 132.0), (24.0, 118.0))
_FLOOR = ((15.0, 76.0), (21.0, 72.0), (21.0, 128.0), (15.0, 126.0))

_REAR_WING = ((16.0, 175.0), (84.0, 175.0), (84.0, 187.0), (16.0, 187.0))

# Whatever is drawn later lies above.
PARTS: Final[dict[Part, tuple[Outline, ...]]] = {
    Part.FLOOR: (_FLOOR, _mirrored(*_FLOOR)),
    Part.FRONT_WING_LEFT: (_WING,),
    Part.FRONT_WING_RIGHT: (_mirrored(*_WING),),
    Part.BODY_FRONT: (((45.0, 3.0), (55.0, 3.0), (61.0, 58.0), (39.0, 58.0)),),
    Part.SUSPENSION_FRONT_LEFT: (_ARM_FRONT,),
    Part.SUSPENSION_FRONT_RIGHT: (_mirrored(*_ARM_FRONT),),
    Part.BODY_LEFT: (_FLANK,),
    Part.BODY_RIGHT: (_mirrored(*_FLANK),),
    Part.SIDEPOD: (_FLANK, _mirrored(*_FLANK)),
    Part.ENGINE: (((38.0, 92.0), (62.0, 92.0), (60.0, 132.0), (40.0, 132.0)),),
    Part.GEARBOX: (((41.0, 135.0), (59.0, 135.0), (56.0, 162.0), (44.0, 162.0)),),
    Part.SUSPENSION_REAR_LEFT: (_ARM_REAR,),
    Part.SUSPENSION_REAR_RIGHT: (_mirrored(*_ARM_REAR),),
    Part.BODY_REAR: (((30.0, 165.0), (70.0, 165.0), (70.0, 172.0), (30.0, 172.0)),),
    Part.DIFFUSER: (((30.0, 165.0), (70.0, 165.0), (70.0, 172.0), (30.0, 172.0)),),
    Part.REAR_WING: (_REAR_WING,),
    Part.AERO: (_WING, _mirrored(*_WING), _FLOOR, _mirrored(*_FLOOR), _REAR_WING),
}

COCKPIT: Final[Outline] = ((39.0, 61.0), (61.0, 61.0), (62.0, 89.0), (38.0, 89.0))  # nothing that breaks

# x, y, width and height, in the order of WHEELS
WHEEL_BOXES: Final = (
    (3.0, 28.0, 17.0, 34.0),
    (80.0, 28.0, 17.0, 34.0),
    (1.0, 131.0, 20.0, 38.0),
    (79.0, 131.0, 20.0, 38.0),
)
