"""From the bytes of rFactor 2 and Le Mans Ultimate to what widgets show."""

import pytest
import small_field

from desktop_client.demo.wire.lmu import LmuEncoder
from desktop_client.demo.wire.rf2 import Rf2Encoder
from desktop_client.race.dash import dash
from desktop_client.race.lifecycle import Race
from desktop_client.race.relative import relative
from desktop_client.race.track_map import track_map
from desktop_client.telemetry.games.lmu import Lmu
from desktop_client.telemetry.games.rf2 import Rf2


@pytest.mark.parametrize(("source", "encoder"), [(Rf2(), Rf2Encoder()), (Lmu(), LmuEncoder())])
def test_widgets_show_what_the_game_sent(source, encoder):
    race = Race()
    for step in range(60):
        for packet in encoder.encode(small_field.frame(60 + step / 50)):
            frame = source.feed(packet, step / 50)
            if frame is not None:
                race.take(frame)
    frame = race.frame
    view = dash(frame, race)
    assert (view.gear, view.speed, view.position, view.lap, view.total_laps) == ("4", 180, 3, 2, 12)
    rows = [row for row in relative(frame, race).rows if row is not None]
    assert [row.position for row in rows] == [1, 2, 3, 4, 5, 6]
    dots = track_map(frame, race).dots
    assert {(dot.x, dot.y) for dot in dots} == {
        (round(x), round(y)) for x, y in zip(frame.cars.x, frame.cars.y, strict=True)
    }
