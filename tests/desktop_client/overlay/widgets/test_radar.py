"""The radar on the screen."""

import dataclasses

import numpy as np
import pytest
from drawn_widgets import brightness, drawn, ink, stray_cells

from desktop_client.overlay.palette import DARK
from desktop_client.overlay.widget import Absent, Notice
from desktop_client.overlay.widgets.radar import Radar, RadarSettings
from desktop_client.race.lifecycle import Race
from desktop_client.race.radar import Blip, Danger, Flank, RadarView
from desktop_client.telemetry.frame import Beside, Capability

USUAL = Radar(RadarSettings())
NARROW = Radar(RadarSettings(range_m=10.0, side_bars=False, speed_unit="mph"))
EMPTY = RadarView((), None, None, None)


def names(image, columns, rows):
    return {image.pixelColor(x, y).name() for x in columns for y in rows}


@pytest.mark.parametrize("widget", [USUAL, NARROW], ids=["usual", "narrow"])
@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_the_example_is_drawn_at_any_size_and_stays_inside(qapp, widget, scale):
    assert stray_cells(widget, widget.demo(), scale) == []
    assert ink(drawn(widget, widget.demo(), scale)) > 250 * scale
    assert stray_cells(widget, widget.demo(), scale, stretch=1.7) == []


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_cars_at_the_very_edge_of_the_range_stay_inside(qapp, scale):
    around = [(24.9, 24.9), (-24.9, 24.9), (24.9, -24.9), (0.0, 24.9), (24.9, 0.0), (-24.9, 0.0), (0.0, 12.0)]
    blips = tuple(Blip(ahead, left, 45, Danger.NEAR) for ahead, left in around)
    full = Flank(0.0, 1.0, Danger.TOUCHING, 2)
    assert stray_cells(USUAL, RadarView(blips, full, full, 99), scale) == []


def test_a_car_ahead_is_above_the_own_one_and_a_car_on_the_left_is_left_of_it(qapp):
    width, height = (int(side) for side in (USUAL.natural_size.width(), USUAL.natural_size.height()))
    ahead = drawn(USUAL, RadarView((Blip(15.0, 0.0, 0, Danger.NEAR),), None, None, None))
    assert DARK.warning.name() in names(ahead, range(width), range(height // 2 - 20))
    assert DARK.warning.name() not in names(ahead, range(width), range(height // 2, height))
    left = drawn(USUAL, RadarView((Blip(0.0, 8.0, 0, Danger.TOUCHING),), None, None, None))
    assert DARK.lost.name() in names(left, range(width // 2), range(height))
    assert DARK.lost.name() not in names(left, range(width // 2, width), range(height))


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_side_bar_is_as_long_as_what_is_covered_and_as_high_as_it_is_along_the_car(qapp, side):
    def lit(flank):
        image = drawn(USUAL, dataclasses.replace(EMPTY, **{side: flank}))
        half = image.width() // 2
        columns = range(6) if side == "left" else range(image.width() - 6, image.width())
        other = range(half + 20, image.width()) if side == "left" else range(half - 20)
        assert DARK.warning.name() not in names(image, other, range(image.height()))
        return [y for y in range(image.height()) if DARK.warning.name() in names(image, columns, [y])]

    tail, whole, nose = (lit(Flank(*ends, Danger.NEAR)) for ends in ((0.0, 0.3), (0.0, 1.0), (0.7, 1.0)))
    assert len(tail) == pytest.approx(0.3 * len(whole), abs=4)
    assert max(nose) < min(tail)
    assert (min(nose), max(tail)) == (min(whole), max(whole))


def test_a_car_further_away_is_fainter(qapp):
    def brightest(ahead):
        image = brightness(drawn(USUAL, RadarView((Blip(ahead, 0.0, 0, Danger.NONE),), None, None, None)))
        return int(image[: image.shape[0] // 2 - 20].max())

    assert brightest(10.0) > brightest(16.0) > brightest(21.0) > 60


def test_over_a_white_sky_every_shape_has_a_dark_edge(qapp):
    image = drawn(USUAL, RadarView((), None, None, None))
    middle = image.height() // 2
    row = [image.pixelColor(x, middle) for x in range(image.width())]
    own = [x for x, colour in enumerate(row) if colour.name() == DARK.you.name()]
    casing = row[own[0] - 2]
    assert casing.lightness() < 40
    assert casing.alpha() > 200


def test_when_nobody_is_near_there_is_nothing_not_even_a_panel(qapp, frame_at):
    frame = frame_at(50.0)
    race = Race()
    race.take(frame)
    view = USUAL.look(frame, race)
    assert view == Absent()
    assert ink(drawn(USUAL, view)) == 0


def test_who_is_beside_is_shown_from_coordinates_or_from_a_spotter_alone(frame_at):
    spotted = frame_at(50.0, capabilities=frozenset({Capability.SPOTTER}))
    spotted = dataclasses.replace(spotted, player=dataclasses.replace(spotted.player, beside=Beside.LEFT))
    nothing = np.full(22, np.nan)
    spotted = dataclasses.replace(spotted, cars=dataclasses.replace(spotted.cars, x=nothing, y=nothing))
    race = Race()
    race.take(spotted)
    assert USUAL.look(spotted, race).left is not None
    assert isinstance(USUAL.look(frame_at(50.0, capabilities=frozenset()), race), Notice)
