"""Who drives what in rFactor 2 and Le Mans Ultimate, out of texts that were meant to be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import Ints

_NUMBER = re.compile(r"\s*#\s*(\d{1,4})\b")
_COMPOUNDS = {"s": "S", "m": "M", "h": "H", "i": "I", "w": "W", "r": "W"}
LETTERS_OF_LMU = ("S", "M", "H", "W")


@dataclass(frozen=True, slots=True)
class Roster:
    """The names of the vehicles of one scoring packet, in its order."""

    key: bytes = b""
    id: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    name: tuple[str, ...] = ()
    number: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    team: tuple[str, ...] = ()
    car: tuple[str, ...] = ()
    class_name: tuple[str, ...] = ()
    class_code: Ints = field(default_factory=lambda: np.zeros(0, np.int32))  # equal for vehicles of one class


def roster_of(vehicles: NDArray[np.void], before: Roster) -> Roster:
    """The roster of these scored vehicles; the one of `before` while nobody joined, left or changed."""
    key = b"".join(vehicles[name].tobytes() for name in ("id", "driver", "vehicle_name", "class_name"))
    if key == before.key:
        return before
    labels = [text(raw) for raw in vehicles["vehicle_name"].tolist()]
    classes = [text(raw) for raw in vehicles["class_name"].tolist()]
    _, codes = np.unique(classes, return_inverse=True)
    roster = Roster(
        key=key,
        id=vehicles["id"].astype(np.int32),
        name=tuple(text(raw) for raw in vehicles["driver"].tolist()),
        number=np.array([_number(label) for label in labels], np.int32),
        team=tuple(_NUMBER.split(label)[0].strip() for label in labels),
        car=tuple(labels),
        class_name=tuple(classes) if len(set(classes)) > 1 else ("",) * len(classes),
        class_code=codes.astype(np.int32),
    )
    for shared_by_many_frames in (roster.id, roster.number, roster.class_code):
        shared_by_many_frames.setflags(write=False)
    return roster


def text(raw: bytes) -> str:
    """A text as the engine holds it: UTF-8 in newer games, Windows' western alphabet in older ones."""
    ended = raw.partition(b"\0")[0]
    try:
        return ended.decode("utf-8").strip()
    except UnicodeDecodeError:
        return ended.decode("cp1252", errors="replace").strip()


def compound_letter(name: str) -> str:
    """The letter of a compound by the name that a mod gave it: "Soft", "P Zero Medium", "Rain"; "" for others."""
    for word in reversed(name.lower().split()):
        if word.startswith(("soft", "medium", "hard", "inter", "wet", "rain")):
            return _COMPOUNDS[word[0]]
    return ""


def _number(label: str) -> int:
    """The race number in a label like "Iron Bridge Racing #51:LM"; -1 where there is none."""
    found = _NUMBER.search(label)
    return int(found[1]) if found else -1
