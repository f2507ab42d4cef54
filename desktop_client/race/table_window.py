"""Which rows of a long table are shown: the driver's class open, the others folded to their leaders."""

from __future__ import annotations

from collections.abc import Sequence


def shares(sizes: Sequence[int], open_one: int, room: int, leaders: int) -> list[int]:
    """How many rows each class of these sizes gets of `room` rows, its own strip not counted.

    The others get their leaders, and fewer where the open class would have less room than they have together.
    What the open class does not need goes to the others, fastest first, so that no room is left empty.
    """
    others = [index for index in range(len(sizes)) if index != open_one]
    given = [0] * len(sizes)
    for each in range(leaders, -1, -1):
        for index in others:
            given[index] = min(sizes[index], each)
        if sum(given) <= room // 2:
            break
    given[open_one] = min(sizes[open_one], room - sum(given))
    left = room - sum(given)
    for index in others:
        more = min(left, sizes[index] - given[index])
        given[index] += more
        left -= more
    return given


def shown(size: int, own: int | None, room: int, leaders: int) -> list[int]:
    """Which places (0 leads) of a class of `size` cars are shown in `room` rows, in order.

    The leaders always are; the rest stands around the driver. Without a driver the table begins at the top.
    """
    room = min(size, room)
    if room < 1:
        return []
    top = min(leaders, room - 1)
    around = room - top
    middle = top if own is None else own - around // 2
    start = min(max(top, middle), size - around)
    return [*range(top), *range(start, start + around)]
