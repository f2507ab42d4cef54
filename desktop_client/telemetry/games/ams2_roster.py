"""Who drives what: the names that Automobilista 2 repeats now and then, in parts, and never all at once."""

from __future__ import annotations

from typing import Final

import numpy as np

from desktop_client.telemetry.frame import Ints
from desktop_client.telemetry.games.ams2_bits import INDEX
from desktop_client.telemetry.games.ams2_wire import CARS, NAMES_IN_A_PACKET, Packet, text

MOST_VEHICLES: Final = 256  # models that are remembered; no grid has more


class Columns:
    """The names of the cars of one frame, in its order."""

    def __init__(self, name: tuple[str, ...], car: tuple[str, ...], class_name: tuple[str, ...]) -> None:
        self.name, self.car, self.class_name = name, car, class_name


class Roster:
    """Outlives a session: names are sent when somebody comes or goes, not when the next session begins."""

    def __init__(self) -> None:
        self._names = [""] * CARS
        self._index = np.zeros(CARS, dtype=np.uint16)  # of the drivers, online
        self._vehicles: dict[int, tuple[str, int]] = {}  # model and class by car index
        self._classes: dict[int, str] = {}
        self._asked: bytes | None = None
        self._columns = Columns((), (), ())

    def enrol(self, participants: Packet) -> None:
        """Take one part of the names; the first has sixteen, and the second the rest."""
        first = max(int(participants["header"]["part"]) - 1, 0) * NAMES_IN_A_PACKET
        if first >= CARS:
            return
        here = slice(first, first + NAMES_IN_A_PACKET)
        self._names[here] = [text(raw) for raw in participants["name"].tolist()]
        self._index[here] = participants["index"]
        self._asked = None

    def take_vehicles(self, packet: Packet) -> None:
        if len(self._vehicles) > MOST_VEHICLES:
            self._vehicles.clear()
        for index, _, car_class, raw in packet["vehicles"].tolist():
            if raw:
                self._vehicles[index] = (text(raw), car_class)
        self._asked = None

    def take_classes(self, packet: Packet) -> None:
        self._classes = {index: text(raw) for index, raw in packet["classes"].tolist() if raw}
        self._asked = None

    def columns(self, slot: Ints, cars: Packet) -> Columns:
        """The names of the cars in these slots, whose records `cars` are; the same object while nothing changed."""
        asked = slot.tobytes() + cars["car_index"].tobytes() + cars["online_index"].tobytes()
        if asked != self._asked:
            self._asked = asked
            known = [self._vehicles.get(index & INDEX, ("", -1)) for index in cars["car_index"].tolist()]
            self._columns = Columns(
                name=tuple(self._name(row, index) for row, index in zip(slot, cars["online_index"], strict=True)),
                car=tuple(car for car, _ in known),
                class_name=tuple(self._classes.get(car_class, "") for _, car_class in known),
            )
        return self._columns

    def _name(self, slot: int, online_index: int) -> str:
        """Online a driver has a number of their own; offline all have 0, and their place in the list counts."""
        if online_index and online_index != self._index[slot]:
            found = np.flatnonzero(self._index == online_index)
            if len(found):
                return self._names[int(found[0])]
        return self._names[slot]
