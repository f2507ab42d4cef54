"""The profiles as a whole."""

import msgspec
import pytest

from desktop_client.overlay import shelf
from desktop_client.overlay.profiles import Profile, Wanted
from desktop_client.overlay.settings import OverlaySettings
from desktop_client.overlay.streaming import StreamSettings

RAIN = Profile(theme="light", wanted=Wanted(game="f1"))
TWO = OverlaySettings(profiles={"Dry": Profile(), "Rain": RAIN}, active="Rain")


def test_one_that_is_added_is_worn_and_has_a_name_of_its_own():
    after = shelf.added(TWO, " Rain ", Profile(theme="high_contrast"))
    assert after.active == "Rain 2"
    assert after.profile.theme == "high_contrast"
    assert after.profiles["Rain"] is RAIN


def test_a_copy_looks_the_same_and_is_meant_for_no_moment():
    after = shelf.copied(TWO, "Rain")
    assert (after.active, after.profile) == ("Rain copy", Profile(theme="light"))


def test_a_renamed_one_keeps_its_place_and_stays_worn():
    after = shelf.renamed(TWO, "Rain", "Wet")
    assert (list(after.profiles), after.active) == (["Dry", "Wet"], "Wet")
    assert shelf.renamed(TWO, "Rain", "Rain") == TWO


@pytest.mark.parametrize(("name", "words"), [("Dry", "named Dry already"), ("  ", "needs a name")])
def test_a_name_that_cannot_be_is_said(name, words):
    with pytest.raises(shelf.BadName, match=words):
        shelf.renamed(TWO, "Rain", name)


def test_after_one_is_deleted_its_neighbour_is_worn():
    assert shelf.deleted(TWO, "Rain").active == "Dry"
    first = shelf.deleted(OverlaySettings(profiles=TWO.profiles, active="Dry"), "Dry")
    assert (list(first.profiles), first.active) == (["Rain"], "Rain")
    assert shelf.deleted(TWO, "Dry").active == "Rain"


def test_the_last_one_stays():
    with pytest.raises(shelf.LastProfile):
        shelf.deleted(shelf.deleted(TWO, "Rain"), "Dry")


def test_what_is_streamed_follows_a_new_name_and_does_without_a_profile_that_is_gone():
    streamed = msgspec.structs.replace(TWO, stream=StreamSettings(enabled=True, profile="Rain"))
    assert shelf.renamed(streamed, "Rain", "Wet").stream.profile == "Wet"
    assert shelf.renamed(streamed, "Dry", "Sunny").stream.profile == "Rain"
    assert shelf.deleted(streamed, "Rain").stream == StreamSettings(enabled=True)
