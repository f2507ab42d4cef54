"""The drawing of two laps says what the verdict says, at the places that it means."""

from __future__ import annotations

from uuid import UUID
from xml.etree import ElementTree

import numpy as np
import pytest
from driven_laps import Pose, driven_lap, invented_road

from bench.driving import Driven
from services.tracks.domain.canonical import Loop
from services.tracks.domain.drawing import comparison
from services.tracks.domain.drawing.laid import Laid
from services.tracks.domain.recognition import Known, Match, match

SVG = "{http://www.w3.org/2000/svg}"
ROAD = invented_road(3)


def _loop(lap: Driven) -> Loop:
    xy = lap.xy if lap.handedness == "right" else lap.xy * (1, -1)
    return Loop.through(xy, None)


def _matched(loop: Loop, known: Loop) -> Match:
    return match(loop, Known(UUID(int=1), "f1", "testring", known), mirrors=False)


@pytest.fixture(scope="module")
def known() -> Loop:
    return _loop(driven_lap(ROAD, 1, rate_hz=20))


def _with_a_bulge(loop: Loop, metres: float) -> Loop:
    """The line with one more bend, a tenth of the way round."""
    share = loop.along[:-1] / loop.length_m
    aside = metres * np.exp(-(((share - 0.1) / 0.012) ** 2))
    ahead = np.roll(loop.xy, -1, axis=0) - np.roll(loop.xy, 1, axis=0)
    across = np.column_stack((-ahead[:, 1], ahead[:, 0])) / np.linalg.norm(ahead, axis=1)[:, None]
    return Loop.through(loop.xy + aside[:, None] * across, None)


@pytest.mark.parametrize(
    ("lap", "verdict"),
    [
        (_loop(driven_lap(ROAD, 2, Pose(turn=1.0, move=500j, scale=1.02), rate_hz=20, start=0.3)), "The same layout"),
        (_loop(driven_lap(ROAD.reversed(), 2, rate_hz=20)), "The same road, driven the other way"),
        (_with_a_bulge(_loop(driven_lap(ROAD, 2, rate_hz=20)), 45.0), "A variant of the layout"),
        (_loop(driven_lap(invented_road(4), 2, rate_hz=20)), "Another road"),
    ],
    ids=["same", "reverse", "variant", "other"],
)  # fmt: skip
def test_the_title_is_the_verdict_and_the_same_laps_give_the_same_bytes(lap: Loop, known: Loop, verdict: str):
    found = _matched(lap, known)
    picture = comparison(lap, found, name="lap.json", known_name="map.json")
    root = ElementTree.fromstring(picture)
    assert root.findtext(f"{SVG}title") == verdict
    said = [text.text for text in root.iter(f"{SVG}text")]
    assert {verdict, "lap.json", "map.json", f"{found.deviation.rms:.1f} m"} <= set(said)
    assert f"{found.deviation.max:.1f} m apart at {100 * found.at:.0f} % of the lap" in said
    assert picture == comparison(lap, _matched(lap, known), name="lap.json", known_name="map.json")


def test_the_place_that_is_marked_is_the_farthest_one_and_as_far_as_the_verdict_says(known: Loop):
    lap = _with_a_bulge(_loop(driven_lap(ROAD, 2, rate_hz=20)), 45.0)
    found = _matched(lap, known)
    laid = Laid.of(lap, known, found.pose, integrated=False)
    here, there = laid.farthest
    assert abs(here - there) == pytest.approx(found.deviation.max, rel=0.02)
    bulge = complex(*known.xy[np.searchsorted(known.along, 0.1 * known.length_m)])
    assert abs(here - bulge) < 80


def test_the_known_line_begins_where_its_first_point_is(known: Loop):
    lap = _loop(driven_lap(ROAD, 2, Pose(turn=-2.0, move=-300j), rate_hz=20, start=0.6))
    laid = Laid.of(lap, known, _matched(lap, known).pose, integrated=False)
    assert abs(laid.known[laid.known_begins] - complex(*known.xy[0])) < 10


def test_names_are_anybodys_and_become_no_part_of_the_drawing(known: Loop):
    name = "<script>alert(1)</script>\x00&\N{PILE OF POO}"
    picture = comparison(known, _matched(known, known), name=name, known_name='"' + "x" * 300)
    root = ElementTree.fromstring(picture)
    assert not list(root.iter(f"{SVG}script"))
    said = [text.text or "" for text in root.iter(f"{SVG}text")]
    assert "<script>alert(1)</script>&\N{PILE OF POO}" in said
    assert max(map(len, said)) < 80, "a long name is cut"
