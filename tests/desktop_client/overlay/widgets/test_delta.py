"""The delta as a driver sees it."""

import dataclasses
import itertools

import pytest
from drawn_widgets import brightness, drawn, ink, ink_at_the_edge, stray_cells
from field_of_cars import field_of_cars, frames_until, raced

from desktop_client.overlay.canvas import Room
from desktop_client.overlay.palette import DARK, THEMES
from desktop_client.overlay.widget import Notice
from desktop_client.overlay.widgets.delta import BAR_HEIGHT, BAR_Y, NAMES, Delta, DeltaSettings
from desktop_client.overlay.wording import delta_text
from desktop_client.race.delta import DeltaView
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Capability

WIDGET = Delta(DeltaSettings())
DEMO = WIDGET.demo()
NOTHING = DeltaView("own_best", None, 0, False, None, None)
VIEWS = {
    "demo": DEMO,
    "nothing is known": NOTHING,
    "a huge loss": DeltaView("session_best", 99.99, 1, False, 3599.999, 3599.9, figure_s=99.99),
    "a result": dataclasses.replace(DEMO, is_result=True, kind="chosen", predicted_s=None),
    "level": dataclasses.replace(DEMO, delta_s=0.0, figure_s=0.0, trend=0),
}


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("name", VIEWS)
def test_it_is_drawn_at_any_size_and_nothing_leaves_its_place(qapp, name, scale):
    assert stray_cells(WIDGET, VIEWS[name], scale) == []
    image = drawn(WIDGET, VIEWS[name], scale)
    assert ink(image) > 60 * scale
    assert ink_at_the_edge(image, scale) == 0


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("delta_s", [-0.5, 0.5])
def test_the_bar_grows_to_the_left_in_green_and_to_the_right_in_red(qapp, theme, delta_s):
    view = dataclasses.replace(DEMO, delta_s=delta_s)
    image = drawn(WIDGET, view, palette=THEMES[theme])
    y = int(BAR_Y + BAR_HEIGHT / 2)
    left, right = image.pixelColor(130, y), image.pixelColor(190, y)
    lit, dark = (left, right) if delta_s < 0 else (right, left)
    assert lit == (THEMES[theme].gained if delta_s < 0 else THEMES[theme].lost)
    assert dark != lit


def test_a_broader_window_is_used(qapp):
    assert stray_cells(WIDGET, DEMO, stretch=2.0) == []


def test_a_bar_that_is_full_stays_in_its_groove(qapp):
    full = drawn(WIDGET, dataclasses.replace(DEMO, delta_s=50.0))
    fuller = drawn(WIDGET, dataclasses.replace(DEMO, delta_s=1.0))
    assert (brightness(full) == brightness(fuller)).all()


def test_only_what_changed_is_painted_again(qapp):
    room = Room.of(WIDGET.natural_size, WIDGET.natural_size)
    before = [cell.key for cell in WIDGET.cells(room, DEMO)]
    after = [cell.key for cell in WIDGET.cells(room, dataclasses.replace(DEMO, delta_s=-0.24))]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, True, False]


def test_the_figure_changes_ten_times_a_second_and_the_bar_with_every_look():
    race = raced(frames_until(23.9, 60.0))
    widget = Delta(DeltaSettings())
    figures, bars = [], []
    slower = {"lap_s": (21.0, 20.4), "start_m": (950.0 + 23.9 * 50 - 23.9 * 1000 / 21, 900.0)}
    for frame in frames_until(28.9, 60.0, start=23.9, **slower):
        race.take(frame)
        view = widget.view(frame, race)
        if frame.session_time_s > 27.9:
            figures.append(view.figure_s)
            bars.append(view.delta_s)
    changes = sum(a != b for a, b in itertools.pairwise(figures))
    assert 4 <= changes <= 10 < len(set(bars)) / 0.25
    assert set(figures) <= set(bars)


def test_the_reference_is_named():
    assert set(NAMES) == {"own_best", "session_best", "last"}
    assert Delta(DeltaSettings(reference="last")).demo().kind == "last"
    chosen = Delta(DeltaSettings(reference="chosen", lap=12))
    assert stray_cells(chosen, chosen.demo()) == []


def test_without_a_distance_around_the_lap_it_says_so_and_without_a_car_it_waits():
    frame = field_of_cars(5.0, own=None)
    assert WIDGET.look(frame, Race()) == Notice("Waiting for your car")
    lacking = dataclasses.replace(frame, capabilities=frozenset(Capability) - {Capability.LAP_DISTANCE})
    assert WIDGET.look(lacking, Race()) == Notice("This game does not send the distance around the lap")


def test_the_predicted_lap_can_be_left_out(qapp):
    assert ink(drawn(Delta(DeltaSettings(predicted=False)), DEMO)) < ink(drawn(WIDGET, DEMO))
    assert DARK.gained != DARK.lost


@pytest.mark.parametrize(
    ("delta", "amount", "text"),
    [
        (-0.23, "0.23", "\N{MINUS SIGN}0.23"),
        (0.5, "0.50", "+0.50"),
        (-0.001, "0.00", "0.00"),
        (12.0, "12.00", "+12.00"),
    ],
)
def test_a_delta_has_a_true_sign_and_zero_has_none(delta, amount, text):
    assert delta_text(delta, amount) == text
