"""A map as a picture: SVG that is read on light and on dark screens, by people who do not see it too.

It is opened in browsers and tells names that strangers gave: every word is escaped, nothing in it runs, and the policy
it is served under allows its one style sheet, by its hash, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from contracts.tracks import Corner, PitLane, TrackMap
from services.tracks.domain.formats.road import Road
from services.tracks.domain.formats.sheet import MARGIN, Labels, Sheet
from services.tracks.domain.strokes import closed, opened, words

STYLE: Final = (
    ":root{color-scheme:light dark;--ground:#f7f7f4;--road:#3b4149;--rim:#c9ccc8;--ink:#1d2126;--faint:#6a7078;"
    "--disc:#fff;--start:#d5402b;--pit:#2b7bb9;--one:#e8a33d;--two:#46b1a1;--three:#b07cc6}"
    "@media(prefers-color-scheme:dark){:root{--ground:#14171b;--road:#5b646f;--rim:#2a2f36;--ink:#f1f3f5;"
    "--faint:#98a0a9;--disc:#242930;--start:#ff6a55;--pit:#5fb0ec;--one:#f0b454;--two:#5ccab8;--three:#c99bdc}}"
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;fill:var(--ink)}"
    "path,line{fill:none;stroke-linejoin:round;stroke-linecap:round}"
    ".ground{fill:var(--ground)}.rim{stroke:var(--rim)}.road{stroke:var(--road)}.surface{fill:var(--road)}"
    ".one{stroke:var(--one)}.two{stroke:var(--two)}.three{stroke:var(--three)}"
    ".pit{stroke:var(--pit)}.mark{stroke:var(--ground);stroke-linecap:butt}"
    ".start{stroke:var(--start);stroke-linecap:butt}.arrow{fill:var(--start)}"
    ".disc{fill:var(--disc);stroke:var(--rim)}.lead{stroke:var(--rim)}.bar{stroke:var(--faint)}"
    ".faint{fill:var(--faint)}"
)
POLICY: Final = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'; sandbox; frame-ancestors 'none'"
)
ROAD_UNITS: Final = 7.0  # the least that a road is drawn wide, or one of 20 km would be a hair
DISC_UNITS: Final = 13.0


def drawn(track_map: TrackMap) -> bytes:
    road = Road.of(track_map)
    sheet = Sheet.around(road)
    size = f"{sheet.width:.0f} {sheet.height:.0f}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{words(_name(track_map))}</title>',
        f'<desc id="desc">{words(_told(track_map))}</desc>',
        f"<style>{STYLE}</style>",
        '<rect class="ground" width="100%" height="100%"/>',
        *_road(road, sheet),
        *_sectors(track_map, road, sheet),
        *_pit_lane(track_map.pit, road, sheet),
        *_start(track_map, road, sheet),
        *_corners(track_map.corners, road, sheet),
        *_captions(track_map, sheet),
        "</svg>",
    ]
    return "\n".join(parts).encode()


def _name(track_map: TrackMap) -> str:
    named = [name for name in (track_map.track_name, track_map.layout_name) if name]
    return " · ".join(named) or f"{track_map.game} {track_map.track_id}"


def _told(track_map: TrackMap) -> str:
    way = "clockwise" if track_map.direction == "cw" else "anticlockwise"
    corners = f", {len(track_map.corners)} corners" if track_map.corners else ""
    return f"{track_map.length_m / 1000:.3f} km, {way}{corners}"


def _road(road: Road, sheet: Sheet) -> Iterator[str]:
    line = closed(sheet.on(road.places))
    widest = ROAD_UNITS
    surface = ""
    if road.edges is not None and road.width is not None:
        left, right = (sheet.on(edge) for edge in road.edges)
        # Out on the left and back on the right: under the rule that nothing cancels, crossings are road as well.
        surface = f'<path class="surface" fill-rule="nonzero" d="{closed(left)}{closed(right[::-1])}"/>'
        widest = max(widest, float(np.percentile(road.width[0] + road.width[1], 90)) * sheet.scale)
    yield f'<path class="rim" stroke-width="{widest + 6:.1f}" d="{line}"/>'
    yield f'<path class="road" stroke-width="{ROAD_UNITS}" d="{line}"/>{surface}'


def _sectors(track_map: TrackMap, road: Road, sheet: Sheet) -> Iterator[str]:
    """Each sector a thread of its own colour, with a mark across the road where the next begins."""
    begins = sorted({0.0, *(sector.s for sector in track_map.sectors if 0 < sector.s < road.length_m)})
    if len(begins) < 2:
        return
    places = np.append(sheet.on(road.places), sheet.on(road.places[:1]))
    stations = np.append(road.stations, road.length_m)
    for number, (begin, end) in enumerate(zip(begins, [*begins[1:], road.length_m], strict=True)):
        within = places[(stations >= begin) & (stations <= end)]
        if len(within) > 1:
            kind = ("one", "two", "three")[number % 3]
            told = f"<title>Sector {number + 1}</title>"
            yield f'<path class="{kind}" stroke-width="2.6" d="{opened(within)}">{told}</path>'
    for begin in begins[1:]:
        yield _across(road, sheet, begin, "mark", half=ROAD_UNITS, wide=3)


def _pit_lane(pit: PitLane | None, road: Road, sheet: Sheet) -> Iterator[str]:
    if pit is None:
        return
    if len(pit.x) > 1:
        lane = sheet.on(road.seen(pit.x, pit.y))
        yield f'<path class="pit" stroke-width="3" d="{opened(lane)}"><title>Pit lane</title></path>'
    else:
        for name, s in (("Pit entry", pit.entry_s), ("Pit exit", pit.exit_s)):
            yield f"<g>{_across(road, sheet, s, 'pit', half=10, wide=3)}<title>{name}</title></g>"


def _start(track_map: TrackMap, road: Road, sheet: Sheet) -> Iterator[str]:
    """The line across the road, and beside it an arrow the way it is driven."""
    s = track_map.start_finish.s
    yield _across(road, sheet, s, "start", half=15, wide=4)
    ahead = np.conj(road.heading(s))
    side = 1j * ahead if track_map.direction == "ccw" else -1j * ahead  # outside of the lap
    tail = _on(sheet, road.at(s)) + 22 * side + 4 * ahead
    tip = tail + 26 * ahead
    wings = (tail + 7 * side, tip, tail - 7 * side)
    yield f'<path class="arrow" d="{opened(np.array(wings))}Z"><title>Driving direction</title></path>'


def _corners(corners: Iterable[Corner], road: Road, sheet: Sheet) -> Iterator[str]:
    labels = Labels(sheet.on(road.places), DISC_UNITS)
    for corner in corners:
        apex = _on(sheet, road.at(corner.apex_s))
        right = 1j * np.conj(road.heading(corner.apex_s))  # on the sheet, where y grows downwards
        spot = labels.spot(apex, right if corner.dir == "L" else -right)
        told = f"Turn {corner.n}" + (f": {corner.name}" if corner.name else "")
        yield (
            f"<g><title>{words(told)}</title>"
            f'<path class="lead" stroke-width="1.5" d="{opened(np.array((apex, spot)))}"/>'
            f'<circle class="disc" cx="{spot.real:.1f}" cy="{spot.imag:.1f}" r="{DISC_UNITS}"/>'
            f'<text x="{spot.real:.1f}" y="{spot.imag + 4.8:.1f}" font-size="13.5" font-weight="600"'
            f' text-anchor="middle">{corner.n}</text></g>'
        )


def _captions(track_map: TrackMap, sheet: Sheet) -> Iterator[str]:
    left, bottom = MARGIN / 2, sheet.height - 34
    named = f"{track_map.game}/{track_map.track_id}, version {track_map.version}, {track_map.status}"
    yield _line_of_text(sheet, 60, 32, _name(track_map), "")
    yield _line_of_text(sheet, 92, 17, f"{_told(track_map)} · {named}", "faint")
    bar_m = sheet.bar_m()
    end = left + bar_m * sheet.scale
    yield f'<path class="bar" stroke-width="2" d="M{left} {bottom - 6}v6H{end:.1f}v-6"/>'
    yield f'<text class="faint" x="{end + 10:.1f}" y="{bottom + 3}" font-size="15">{bar_m} m</text>'


def _line_of_text(sheet: Sheet, y: float, most: float, text: str, kind: str) -> str:
    """A line at the left margin, smaller where it would not fit: a letter is about 0.56 of its size wide."""
    size = min(most, (sheet.width - MARGIN) / 0.56 / max(1, len(text)))
    weight = 400 if kind else 650
    shown = f'x="{MARGIN / 2}" y="{y}" font-size="{size:.1f}" font-weight="{weight}"'
    return f'<text class="{kind}" {shown}>{words(text)}</text>'


def _across(road: Road, sheet: Sheet, s: float, kind: str, *, half: float, wide: float) -> str:
    place, side = _on(sheet, road.at(s)), 1j * np.conj(road.heading(s))
    ends = np.array((place - half * side, place + half * side))
    return f'<path class="{kind}" stroke-width="{wide}" d="{opened(ends)}"/>'


def _on(sheet: Sheet, place: complex) -> complex:
    return complex(sheet.on(np.array([place]))[0])
