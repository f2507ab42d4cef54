"""How lines and words are spelled in SVG. Words may be anybody's: escaped, and without what XML cannot say."""

from __future__ import annotations

import re
from html import escape
from typing import Final

import numpy as np

from services.tracks.domain.lap import Places

_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def opened(places: Places) -> str:
    """The data of a path through (n,) places, n > 0, in tenths of a unit, each told by how far it is from the last."""
    tenths = np.round(np.column_stack((places.real, places.imag)) * 10).astype(np.int64)
    steps = np.diff(tenths, axis=0, prepend=np.zeros((1, 2), np.int64)) / 10
    pairs = [f"{x:g} {y:g}" for x, y in steps.tolist()]
    return f"M{pairs[0]}l" + " ".join(pairs[1:])


def closed(places: Places) -> str:
    return opened(places) + "Z"


def words(said: str) -> str:
    return escape(_NOT_IN_XML.sub("", said))
