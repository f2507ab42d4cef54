"""The car from above."""

import pytest

from desktop_client.overlay.car_outline import COCKPIT, HEIGHT, PARTS, WHEEL_BOXES, WIDTH
from desktop_client.telemetry.frame import Part

PAIRS = [
    (Part.FRONT_WING_LEFT, Part.FRONT_WING_RIGHT),
    (Part.BODY_LEFT, Part.BODY_RIGHT),
    (Part.SUSPENSION_FRONT_LEFT, Part.SUSPENSION_FRONT_RIGHT),
    (Part.SUSPENSION_REAR_LEFT, Part.SUSPENSION_REAR_RIGHT),
]


def test_every_part_that_can_break_is_drawn_within_the_car():
    assert set(PARTS) == set(Part)
    for outline in (COCKPIT, *(outline for outlines in PARTS.values() for outline in outlines)):
        assert len(outline) >= 3
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in outline)


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_what_is_left_is_left_and_the_right_side_mirrors_it(left, right):
    (one,), (other,) = PARTS[left], PARTS[right]
    assert all(x < WIDTH / 2 for x, _ in one)
    assert {(WIDTH - x, y) for x, y in one} == set(other)


def test_the_wheels_stand_in_their_order_at_the_corners():
    middles = [(x + width / 2, y + height / 2) for x, y, width, height in WHEEL_BOXES]
    assert [(x < WIDTH / 2, y < HEIGHT / 2) for x, y in middles] == [
        (True, True),
        (False, True),
        (True, False),
        (False, False),
    ]
