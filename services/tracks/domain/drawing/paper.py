"""What the drawings are made of: strokes, words, colours, and windows that show a piece of the plane.

A drawing is SVG on its own ground, read on light and on dark pages; the same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.tracks.domain.lap import Places
from services.tracks.domain.strokes import opened, words

WIDTH: Final = 1000.0
MARGIN: Final = 36.0
STYLE: Final = (
    ":root{color-scheme:light dark;--ground:#fbfbf9;--panel:#f1f2ee;--rim:#d5d8d4;--road:#c3c8cc;--edge:#8d959c;"
    "--ink:#1c2126;--faint:#666e76;--far0:#12897c;--far1:#7a9a1f;--far2:#dd9a17;--far3:#e2622b;--far4:#c91f46;"
    "--good:#12897c;--other:#5a6570;--pit:#2b7bb9}"
    "@media(prefers-color-scheme:dark){:root{--ground:#15181c;--panel:#1d2126;--rim:#343a41;--road:#4a5159;"
    "--edge:#7f8891;--ink:#f0f2f4;--faint:#9aa3ac;--far0:#3ecdb9;--far1:#b3d04d;--far2:#f5bd4f;--far3:#ff8d57;"
    "--far4:#ff5c7c;--good:#3ecdb9;--other:#aab3bc;--pit:#63b4f0}}"
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;fill:var(--ink);font-size:15px}"
    "path{fill:none;stroke-linejoin:round;stroke-linecap:round}"
    ".ground{fill:var(--ground)}.panel{fill:var(--panel);stroke:var(--rim)}.rim{stroke:var(--rim)}"
    ".road{stroke:var(--road)}.edge{stroke:var(--edge)}.ink{stroke:var(--ink)}.fill{fill:var(--ink)}"
    ".halo{stroke:var(--ground)}.disc{fill:var(--ground)}.butt{stroke-linecap:butt}"
    ".far0{stroke:var(--far0)}.far1{stroke:var(--far1)}.far2{stroke:var(--far2)}.far3{stroke:var(--far3)}"
    ".far4{stroke:var(--far4)}.pit{stroke:var(--pit)}"
    "circle.good,circle.far2,circle.far4,circle.other{stroke:none}.good{fill:var(--good)}.other{fill:var(--other)}"
    "circle.far2{fill:var(--far2)}circle.far4{fill:var(--far4)}"
    ".title{font-size:30px;font-weight:650}.faint{fill:var(--faint)}.strong{font-weight:650}.small{font-size:13px}"
    ".mark{fill:var(--far4);stroke:var(--ground)}.on{fill:var(--ground);font-weight:650;font-size:14px}"
)
_ROUND_LENGTHS_M: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of the sheet, in its units, through which a piece of the plane is seen."""

    left: float
    top: float
    width: float
    height: float
    scale: float  # units a metre
    middle: complex  # the place, in metres, in the middle of the window

    @classmethod
    def around(cls, places: Places, left: float, top: float, width: float, height: float) -> Window:
        """The window of that rectangle through which all of these places are seen, as large as they can be."""
        low, high = complex(places.real.min(), places.imag.min()), complex(places.real.max(), places.imag.max())
        span = high - low
        scale = min(width / max(span.real, 1.0), height / max(span.imag, 1.0))
        return cls(left, top, width, height, scale, (low + high) / 2)

    def on(self, places: Places) -> Places:
        """Places in metres as places on the sheet, where y grows downwards."""
        middle = complex(self.left + self.width / 2, self.top + self.height / 2)
        return np.conj((places - self.middle) * self.scale) + middle

    def place(self, place: complex) -> complex:
        return complex(self.on(np.array([place]))[0])

    def bar(self, left: float, bottom: float) -> Iterator[str]:
        """A scale bar of a round length, about an eighth of the window long."""
        metres = round_length(self.width / 8 / self.scale)
        end = left + metres * self.scale
        yield f'<path class="edge" stroke-width="1.5" d="M{left:.1f} {bottom - 6:.1f}v6H{end:.1f}v-6"/>'
        yield text(end + 8, bottom + 1, f"{metres} m", "faint small")


def round_length(wanted_m: float) -> int:
    """The round number of metres that is nearest to this one."""
    return min(_ROUND_LENGTHS_M, key=lambda length: abs(np.log(length / max(wanted_m, 1e-9))))


def sheet(height: float, title: str, told: str, parts: Sequence[str]) -> str:
    """The whole picture; `told` says the same as the drawing to those who do not see it."""
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img"'
            ' aria-labelledby="title desc">',
            f'<title id="title">{words(title)}</title>',
            f'<desc id="desc">{words(told)}</desc>',
            f"<style>{STYLE}</style>",
            f'<rect class="ground" width="{WIDTH:.0f}" height="{height:.0f}" rx="14"/>',
            *parts,
            "</svg>\n",
        )
    )


def heading(colour: str, title: str) -> Iterator[str]:
    """The verdict in large letters with its colour beside it."""
    yield f'<circle class="{colour}" cx="{MARGIN + 9:.0f}" cy="47" r="9"/>'
    yield text(MARGIN + 30, 57, title, "title")


def text(x: float, y: float, said: str, kind: str = "", anchor: str = "") -> str:
    anchored = f' text-anchor="{anchor}"' if anchor else ""
    called = f' class="{kind}"' if kind else ""
    return f'<text{called} x="{x:.1f}" y="{y:.1f}"{anchored}>{words(said)}</text>'


def stroke(kind: str, width: float, path: str, more: str = "") -> str:
    return f'<path class="{kind}" stroke-width="{width:g}"{more} d="{path}"/>'


def shortened(said: str, letters: int) -> str:
    return said if len(said) <= letters else f"{said[: letters - 1].rstrip()}…"


def wrapped(said: str, letters: int) -> Iterator[str]:
    """Lines of at most so many letters, broken between words."""
    line = ""
    for word in said.split():
        if line and len(line) + 1 + len(word) > letters:
            yield line
            line = word
        else:
            line = f"{line} {word}".lstrip()
    yield line


def start(window: Window, place: complex, ahead: complex, kind: str, *, outside: complex, half: float) -> Iterator[str]:
    """A start line across the road, and beside it an arrow the way it is driven; directions are of length one."""
    at, side = window.place(place), np.conj(outside)
    yield stroke(f"{kind} butt", 4, opened(np.array((at - half * side, at + half * side))))
    tail = at + (half + 9) * side
    tip = tail + 20 * np.conj(ahead)
    barb = 7 * np.conj(ahead)
    yield stroke(kind, 2.5, opened(np.array((tail, tip))))
    yield stroke(kind, 2.5, opened(np.array((tip - barb + 5 * side, tip, tip - barb - 5 * side))))
