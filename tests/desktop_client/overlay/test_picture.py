"""Pictures without a game and without a screen."""

import dataclasses
import os
from pathlib import Path

import pytest
from PyQt6.QtGui import QImage

from desktop_client.overlay.picture import draw, invented, recorded

CAPTURE = Path(os.environ.get("RACEOVERLAY_CAPTURES", "../shared/captures")) / "f1" / "f1_2026_f1packets.bin"


def test_a_driver_keeps_one_invented_name_and_no_two_share_it(frame_at):
    names = invented(frame_at(1.0)).cars.name
    assert len(set(names)) == 22
    assert names == invented(frame_at(50.0)).cars.name
    real = dataclasses.replace(frame_at(1.0).cars, name=("A Real Person",) * 22)
    assert "A Real Person" not in invented(dataclasses.replace(frame_at(1.0), cars=real)).cars.name


def test_a_picture_shows_the_last_frame(qapp, frame_at, tmp_path):
    draw([frame_at(at / 10) for at in range(500)], {"Race": tmp_path / "many.png", "Calm": tmp_path / "calm.png"})
    draw([frame_at(at / 10) for at in range(400)], {"Race": tmp_path / "fewer.png"})
    assert QImage(str(tmp_path / "many.png")) != QImage(str(tmp_path / "fewer.png"))
    assert QImage(str(tmp_path / "many.png")) != QImage(str(tmp_path / "calm.png"))
    assert QImage(str(tmp_path / "many.png")).width() == 1920


@pytest.mark.skipif(not CAPTURE.exists(), reason="the recordings are not beside the project")
def test_nobodys_real_name_is_in_the_frames_of_a_recording():
    names = {name for frame in recorded(CAPTURE, "f1") for name in frame.cars.name}
    assert len(names) == 22
    assert all(" " in name for name in names)
