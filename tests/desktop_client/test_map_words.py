from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_client.cloud import CloudState
from desktop_client.map_state import MapStage, MapState
from desktop_client.map_words import map_in_words, waiting_in_words
from desktop_client.race.recorded_lap import Refusal
from desktop_client.race.wanted_lap import Use
from desktop_client.session import SessionState, Stage
from desktop_client.status import CAPTURE

KNOWN = MapState(MapStage.KNOWN, "ams2", "Brands-Hatch-Indy-148d4826", "Brands Hatch Indy", 3, "confirmed")
UNKNOWN = MapState(MapStage.UNKNOWN, "f1", "26", use=Use.FIRST)
CLOUD = CloudState(is_configured=True, map=KNOWN)


def said(state: MapState, **more: object) -> str:
    return map_in_words(replace(CLOUD, map=state, **more), CAPTURE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (KNOWN, "Brands Hatch Indy, version 3, confirmed."),
        (
            replace(KNOWN, status="provisional", use=Use.CONFIRM),
            "Brands Hatch Indy, version 3, provisional: no second driver has confirmed it yet."
            " Your next clean lap can confirm it.",
        ),
        (
            replace(KNOWN, title=None, use=Use.WIDTH),
            "Track Brands-Hatch-Indy-148d4826, version 3, confirmed. Your clean laps show how wide the road is.",
        ),
        (
            replace(KNOWN, use=Use.SHAPE),
            "Brands Hatch Indy, version 3, confirmed. Your clean laps make it more exact.",
        ),
        (replace(KNOWN, use=Use.SHAPE, shares=False), "Brands Hatch Indy, version 3, confirmed."),
        (UNKNOWN, "Nobody has a map of it yet. The first clean lap will be learned."),
        (
            replace(UNKNOWN, shares=False),
            "Nobody has a map of it yet. Sharing laps is switched off, so that none is learned.",
        ),
        (
            replace(UNKNOWN, stage=MapStage.UNNAMED),
            "This game does not say which track it is, and no map on this computer fits yet."
            " The first clean lap will be learned.",
        ),
    ],
)
def test_the_map_and_what_a_lap_would_do_for_it_are_said(state: MapState, sentence: str) -> None:
    assert said(state) == sentence


def test_how_far_a_lap_is_learned_and_why_the_last_one_was_not_are_said() -> None:
    improving = replace(KNOWN, use=Use.WIDTH)
    assert said(improving, is_recording=True, learned_percent=45).endswith("This lap is being learned: 45 %.")
    assert said(improving, is_recording=True).endswith("This lap is being learned.")
    assert said(UNKNOWN, capture=Refusal.PIT_LANE).endswith(
        "Waiting for a clean lap: the last lap went through the pit lane."
    )
    assert "lap" not in said(KNOWN, is_recording=True), "of a map that needs none"


def test_without_a_cloud_the_map_is_drawn_as_one_drives() -> None:
    assert said(replace(UNKNOWN, stage=MapStage.NOT_ASKED), is_configured=False) == (
        "None on this computer. The map is drawn as you drive."
    )


@pytest.mark.parametrize(
    ("stage", "shares", "sentence"),
    [
        (Stage.SIGNED_IN, True, "2 laps on the way."),
        (Stage.OFFLINE, True, "2 laps to be sent as soon as the gateway can be reached."),
        (Stage.SIGNED_OUT, True, "2 laps to be sent as soon as you are signed in."),
        (Stage.SIGNED_IN, False, "2 laps kept on this computer: sharing laps is switched off."),
    ],
)
def test_where_laps_wait_and_for_what_is_said(stage: Stage, shares: bool, sentence: str) -> None:
    state = replace(KNOWN, waiting=2, shares=shares)
    assert waiting_in_words(replace(CLOUD, map=state, session=SessionState(stage))) == sentence
    one = replace(CLOUD, map=replace(state, waiting=1), session=SessionState(stage))
    assert waiting_in_words(one).startswith("1 lap ")
