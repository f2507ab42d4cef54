"""Which layout is worn when."""

import pytest

from desktop_client.overlay.profiles import Profile, Wanted, choose
from desktop_client.telemetry.frame import SessionKind

NOW = Wanted(game="iracing", car_class="GT3", session=SessionKind.RACE)
EVERY = {
    "Anything": Profile(),
    "iRacing": Profile(wanted=Wanted(game="iracing")),
    "iRacing race": Profile(wanted=Wanted(game="iracing", session=SessionKind.RACE)),
    "F1": Profile(wanted=Wanted(game="f1")),
    "LMP2": Profile(wanted=Wanted(game="iracing", car_class="LMP2", session=SessionKind.RACE)),
}


def test_the_most_precise_profile_that_fits_is_worn():
    assert choose(EVERY, "Anything", NOW) == "iRacing race"
    assert choose(EVERY, "F1", Wanted("iracing", "LMP2", SessionKind.RACE)) == "LMP2"
    assert choose(EVERY, "LMP2", Wanted("f1", None, SessionKind.PRACTICE)) == "F1"
    assert choose(EVERY, "F1", Wanted("gt7", None, SessionKind.RACE)) == "Anything"


def test_of_equals_the_active_one_stays():
    profiles = {"One": Profile(), "Two": Profile()}
    assert choose(profiles, "Two", NOW) == "Two"


def test_where_none_fits_the_active_one_stays():
    assert choose({"F1": EVERY["F1"], "LMP2": EVERY["LMP2"]}, "LMP2", NOW) == "LMP2"


@pytest.mark.parametrize("wanted", [Wanted(car_class="GT4"), Wanted(session=SessionKind.QUALIFYING)])
def test_a_profile_for_something_else_does_not_fit(wanted):
    assert not wanted.fits(NOW)
