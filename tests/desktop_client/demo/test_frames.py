import numpy as np
import pytest

from desktop_client.demo.frames import frames


def test_there_is_a_frame_every_sixtieth_of_a_second_from_the_first_one_on() -> None:
    seen = list(frames(seed=4, seconds=1.0, laps=3, from_grid=True))
    assert len(seen) == 60
    assert np.diff([frame.session_time_s for frame in seen]) == pytest.approx(1 / 60, abs=1e-5)
    assert seen[0].player is not None
    assert seen[0].cars.name[0]


def test_the_same_seed_gives_the_same_frames() -> None:
    first, again = (list(frames(seed=4, seconds=0.5, laps=3, from_grid=True)) for _ in range(2))
    assert [frame.session for frame in first] == [frame.session for frame in again]
    assert [frame.player for frame in first] == [frame.player for frame in again]
    assert np.array_equal(first[-1].cars.x, again[-1].cars.x)
