"""A lap is drawn with its faults at their places, whatever a lap it is."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from laps import circuit, upload_of

from contracts.tracks import Reason
from services.tracks.domain.canonical import close
from services.tracks.domain.corners import proposed
from services.tracks.domain.drawing import judged
from services.tracks.domain.lap import OFF_TRACK, Lap
from services.tracks.domain.validate import refusals

SVG = "{http://www.w3.org/2000/svg}"


def _drawn(lap: Lap, reasons: tuple[Reason, ...]) -> ElementTree.Element:
    return ElementTree.fromstring(judged(lap, reasons, name="lap.json"))


def _said(root: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def test_a_good_lap_is_drawn_with_its_corners_and_how_fast_it_was_driven():
    lap = Lap.read(upload_of(circuit(), rate_hz=20.0))
    corners = proposed(close(lap))
    assert corners
    root = ElementTree.fromstring(judged(lap, (), name="lap.json", corners=corners, facts=(("length", "3 km"),)))
    assert root.findtext(f"{SVG}title") == "This lap can become a map"
    assert {str(corner.n) for corner in corners} | {"length", "3 km", "km/h along the lap"} <= set(_said(root))


def test_every_reason_stands_beside_and_is_marked_where_it_is():
    xy = circuit()
    xy[300] += 90
    flags = tuple(OFF_TRACK if 100 <= i < 140 else 0 for i in range(len(xy)))
    lap = Lap.read(upload_of(xy[:560], flags=flags[:560], lap_valid=False))
    reasons = refusals(lap)
    assert [reason.code for reason in reasons] == ["lap_invalid", "off_track", "teleport", "open"]
    root = _drawn(lap, reasons)
    said = _said(root)
    assert root.findtext(f"{SVG}title") == "Refused: 4 reasons"
    for number, reason in enumerate(reasons, start=1):
        assert reason.code.replace("_", " ") in said
        on_the_lap = reason.at is not None
        assert said.count(str(number)) == 1 + on_the_lap, reason.code
        if on_the_lap:
            assert f"at {100 * (reason.at or 0):.0f} % of the lap" in said
    assert root.findall(f".//{SVG}path[@class='far2']"), "what lay beside the track has a colour of its own"


@pytest.mark.parametrize(
    "xy",
    [
        np.full((80, 2), 3.0),
        np.array([[0.0, 0.0], [1e7, -1e7]] * 40),
        np.array([[0.0, 0.0], [5e-324, 5e-324]] * 40),
        np.array([[np.nan, 0.0], [np.inf, 1.0], [1e308, -1e308]] * 30),
        np.array([[1.0, 2.0], [3.0, 4.0]]),
        np.array([[1.0, 2.0]]),
        np.column_stack((np.arange(20_000.0), np.arange(20_000) % 7.0)),
    ],
    ids=["one place", "two places far apart", "subnormal", "not finite", "two points", "one point", "many points"],
)
def test_what_is_no_lap_at_all_is_a_drawing_all_the_same(xy: np.ndarray):
    lap = Lap.read(upload_of(xy, rate_hz=60.0))
    reasons = refusals(lap)
    assert reasons
    picture = judged(lap, reasons, name="lap.json")
    ElementTree.fromstring(picture)
    assert not re.search(r"\b(nan|inf)\b", picture)
    assert len(picture) < 100_000
