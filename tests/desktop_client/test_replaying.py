"""A recording in the place of a game."""

from collections.abc import Callable
from pathlib import Path

import pytest
from small_game import SmallGame, catalogued, said_by
from waiting import eventually

from desktop_client.replaying import Replaying
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.record import Recorder
from desktop_client.telemetry.replay import Recording


@pytest.fixture
def made(monkeypatch) -> list[SmallGame]:
    made: list[SmallGame] = []
    monkeypatch.setitem(GAMES, "bee", catalogued("bee", lambda told: (), made))
    return made


@pytest.fixture
def record(tmp_path: Path) -> Callable[[int], Recording]:
    """Makes a recording of so many seconds, ten packets each."""

    def make(seconds: int) -> Recording:
        with Recorder(tmp_path / "race.rotape", "bee", started_at=0.0, at=0.0) as recorder:
            for number in range(10 * seconds):
                recorder.write(said_by("bee", number), number / 10)
        return Recording(tmp_path / "race.rotape")

    return make


async def test_a_recording_is_shown_to_its_end(record, made: list[SmallGame]):
    frames: list[Frame] = []
    replaying = Replaying(record(2), "bee", frames.append, speed=100.0)
    await replaying.start()
    await eventually(lambda: len(frames) == 20)
    (seen,) = replaying.seen()
    assert (seen.title, seen.frames, seen.speaks) == ("The game bee", 20, True)
    assert [str(place) for place in seen.places] == ["the recording race.rotape at 0:01 of 0:01"]
    assert replaying.problems == ()
    assert {frame.session.uid for frame in frames} == {"one"}
    replaying.stop()


async def test_it_can_be_paused_gone_through_and_slowed_down_while_it_is_shown(record, made: list[SmallGame]):
    frames: list[Frame] = []
    replaying = Replaying(record(100), "bee", frames.append, speed=20.0)
    await replaying.start()
    await eventually(lambda: len(frames) > 5)
    replaying.pause()
    shown = len(frames)
    assert replaying.is_paused
    replaying.seek(50.05)
    assert [frame.session_time_s for frame in frames[shown:]] == [500]
    assert replaying.position_s == pytest.approx(50.05)
    replaying.set_speed(200.0)
    assert len(frames) == shown + 1, "it is still paused"
    replaying.resume()
    await eventually(lambda: frames[-1].session_time_s == 999)
    replaying.seek(1.05)
    await eventually(lambda: frames[-1].session_time_s == 999 and len(frames) > 1000)
    replaying.stop()


async def test_after_a_jump_nothing_of_before_is_remembered(record, made: list[SmallGame]):
    frames: list[Frame] = []
    replaying = Replaying(record(10), "bee", frames.append)
    await replaying.start()
    replaying.seek(5.0)
    replaying.seek(2.0)
    assert len(made) == 3, "an adapter of its own for each stretch"
    assert len({frame.session.uid for frame in frames}) == 3
    replaying.stop()


async def test_a_recording_that_is_damaged_while_it_is_shown_is_a_sentence(record, made: list[SmallGame]):
    frames: list[Frame] = []
    recording = record(10)
    replaying = Replaying(recording, "bee", frames.append)
    await replaying.start()
    replaying.seek(5.0)
    recording.path.write_bytes(bytes(recording.path.stat().st_size))
    replaying.seek(0.0)
    assert "race.rotape cannot be read any more" in replaying.problems[0]
    assert replaying.seen()[0].problem == replaying.problems[0]
    replaying.stop()
