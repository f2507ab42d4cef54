"""Which classes race together: the fastest first, each with a short name and a number for its colour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from desktop_client.telemetry.frame import Cars, Floats, Ints

MAX_CLASSES = 32
MAX_SHORT = 8
FILLERS = frozenset({"class", "classes", "car", "cars", "series", "racing"})


@dataclass(frozen=True, slots=True)
class CarClass:
    """`number` is for its colour: the rank in speed when the class was first met, so that no colour changes hands."""

    name: str  # as the game says; "" where all drive in one class
    short: str
    number: int


class Classes:
    """The classes of a session. `of_row` says for each car which of `met` is its class."""

    def __init__(self) -> None:
        self.met: tuple[CarClass, ...] = ()
        self.of_row: Ints = np.zeros(0, dtype=np.int32)
        self._names: tuple[str, ...] | None = None

    def take(self, cars: Cars) -> None:
        """Number the classes of these cars; costs nothing while nobody comes, goes or changes class."""
        if cars.class_name == self._names:
            return
        self._names = cars.class_name
        known = [car_class.name for car_class in self.met]
        new = sorted(set(cars.class_name).difference(known))
        seen_as = np.array([new.index(name) if name in new else len(new) for name in cars.class_name], dtype=np.int32)
        names = (known + [new[index] for index in _fastest_first(cars, seen_as, range(len(new)))])[:MAX_CLASSES]
        if len(names) > len(known):
            shorts = short_names(names)
            self.met = tuple(CarClass(name, shorts[index], index) for index, name in enumerate(names))
        number = {name: index for index, name in enumerate(names)}
        last = max(0, len(names) - 1)
        self.of_row = np.array([number.get(name, last) for name in cars.class_name], dtype=np.int32)

    def in_order(self, cars: Cars) -> tuple[CarClass, ...]:
        """The classes that have cars, fastest first: by the best lap of each once all have one.

        Until then by the place of their best car, because a class whose first lap is late is not a slow class.
        """
        if len(self.of_row) != len(cars):
            return ()
        present: list[int] = np.unique(self.of_row).tolist()
        return tuple(self.met[number] for number in _fastest_first(cars, self.of_row, present))

    def best_laps(self, cars: Cars) -> Floats:
        """The best lap of every class in `met`, in seconds; infinite where it has none."""
        return lowest_by(known_laps(cars.best_lap_s), self.of_row, len(self.met))


def _fastest_first(cars: Cars, group: Ints, numbers: Iterable[int]) -> list[int]:
    """The groups in the order of their best laps, or of their best places while one of them has no lap."""
    present = list(numbers)
    if len(present) < 2:
        return present
    groups = int(group.max()) + 1
    pace = lowest_by(known_laps(cars.best_lap_s), group, groups)
    if not np.isfinite(pace[present]).all():
        pace = lowest_by(np.where(cars.position > 0, cars.position, np.inf), group, groups)
    return sorted(present, key=lambda number: float(pace[number]))


def known_laps(lap_s: Floats) -> Floats:
    """Lap times with infinity for what is none: games say nothing, zero or nonsense for a lap that is not there."""
    with np.errstate(invalid="ignore"):
        return np.where((lap_s > 0) & (lap_s < 36_000), lap_s, np.inf)


def lowest_by(values: Floats, group: Ints, groups: int) -> Floats:
    """The smallest value in each of so many groups; infinite where a group has none."""
    lowest = np.full(groups, np.inf)
    np.minimum.at(lowest, group, values)
    return lowest


def short_names(names: Iterable[str]) -> list[str]:
    """A short name for each class, told apart from all others: two that would be alike keep more of their own."""
    listed = list(names)
    shorts = [_short(name) for name in listed]
    return [
        short if shorts.count(short) == 1 else name[: 2 * MAX_SHORT].strip()
        for name, short in zip(listed, shorts, strict=True)
    ]


def _short(name: str) -> str:
    """`GT3` of "GT3 Class", `LMP2` of "Oreca 07 LMP2", `Hypercar` as it is."""
    printable = "".join(letter for letter in name if letter.isprintable())
    words = [word for word in printable.split() if word.lower() not in FILLERS] or printable.split()
    coded = [word for word in words if word[0].isalpha() and any(letter.isdigit() for letter in word)]
    return (coded or words or [""])[0][:MAX_SHORT]
