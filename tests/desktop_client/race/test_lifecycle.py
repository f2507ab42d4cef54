"""What is remembered of a race, and when it is forgotten."""

import numpy as np

from desktop_client.race.lifecycle import Race
from desktop_client.race.teams import MAX_TEAMS, Teams


def test_a_new_session_forgets_everything_of_the_one_before(frame_at):
    race = Race()
    for at in np.arange(0.0, 30.0, 0.1):
        race.take(frame_at(float(at), uid="one"))
    trace, pace, driven, teams = race.inputs, race.pace, race.driven, race.teams
    motion, adjustments = race.motion, race.adjustments
    race.take(frame_at(0.0, uid="two"))
    assert race.inputs is not trace
    assert race.pace is not pace
    assert race.driven is not driven
    assert race.teams is not teams
    assert race.motion is not motion
    assert race.adjustments is not adjustments


def test_the_length_of_the_track_may_come_late_and_may_be_corrected(frame_at):
    race = Race()
    race.take(frame_at(1.0, track_length_m=None))
    assert race.pace is None
    race.take(frame_at(2.0, track_length_m=4000.0))
    assert race.pace.length_m == 4000.0
    race.take(frame_at(3.0, track_length_m=5000.0))
    assert race.pace.length_m == 5000.0
    race.take(frame_at(4.0, track_length_m=float("nan")))
    assert race.pace.length_m == 5000.0


def test_teams_are_told_apart_and_there_are_never_too_many():
    teams = Teams()
    assert teams.of("Red") != teams.of("Blue")
    assert teams.of("Red") == teams.of("Red")
    for index in range(10 * MAX_TEAMS):
        assert teams.of(str(index)).number < MAX_TEAMS
