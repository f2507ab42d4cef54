"""A strip below a drawing: some measure along the lap, as bars over its length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.tracks.domain.drawing.paper import MARGIN, WIDTH, round_length, stroke, text
from services.tracks.domain.lap import Flags, Floats

LEFT: Final = MARGIN + 40.0
ACROSS: Final = WIDTH - MARGIN - LEFT
TALL: Final = 88.0
BARS: Final = 300


@dataclass(frozen=True, slots=True)
class Strip:
    """`most` is the value at the upper end."""

    top: float
    length_m: float
    most: float

    @property
    def bottom(self) -> float:
        return self.top + TALL

    def frame(self, name: str) -> Iterator[str]:
        yield text(LEFT, self.top - 8, name, "faint small")
        yield stroke("rim", 1.5, f"M{LEFT:.1f} {self.bottom:.1f}h{ACROSS:.1f}")
        yield text(LEFT - 8, self.top + 10, f"{self.most:.0f}", "faint small", "end")
        yield text(LEFT - 8, self.bottom + 4, "0", "faint small", "end")
        step = round_length(self.length_m / 6)
        for metres in range(0, int(self.length_m) + 1, step):
            x = LEFT + metres / self.length_m * ACROSS
            yield stroke("rim", 1.5, f"M{x:.1f} {self.bottom:.1f}v5")
            if x < WIDTH - MARGIN - 20:
                yield text(x, self.bottom + 20, f"{metres} m", "faint small", "middle")

    def limit(self, value: float, name: str, *, at_the_end: bool) -> Iterator[str]:
        """A dashed line, where it is in sight, with its name at the end of the lap or at its beginning."""
        if value >= self.most:
            return
        y = self.y(value)
        yield stroke("edge", 1, f"M{LEFT:.1f} {y:.1f}h{ACROSS:.1f}", ' stroke-dasharray="3 5"')
        x, anchor = (WIDTH - MARGIN, "end") if at_the_end else (LEFT + 4, "")
        yield text(x, y - 5, f"{value:.1f}: {name}", "faint small", anchor)

    def binned(self, column: Floats) -> Floats:
        """(BARS,): the most in each stretch of a column in equal steps along the lap."""
        count = len(column)
        begins = np.arange(min(BARS, count)) * count // min(BARS, count)
        return np.maximum.reduceat(column, begins)

    def bars(self, kind: str, heights: Floats, shown: Flags) -> str:
        step = ACROSS / len(heights)
        tops = np.minimum(heights, self.most) / self.most * TALL
        drawn = [f"M{LEFT + (i + 0.5) * step:.1f} {self.bottom:.1f}v{-max(0.5, tops[i]):.1f}" for i in
                 np.flatnonzero(shown).tolist()]  # fmt: skip
        return stroke(f"{kind} butt", round(step - 0.6, 1), "".join(drawn))

    def y(self, value: float) -> float:
        return self.bottom - value / self.most * TALL
