"""Are two lists of hashed components one computer? The rule that the licence's service and the client share."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Final

LEAST: Final = 3
"""Of fewer components nothing is concluded: half of all computers share a processor."""


class Resemblance(enum.Enum):
    SAME = "same"  # most of what can be compared is equal
    UNCLEAR = "unclear"  # half of it, or too little to say
    OTHER = "other"  # most of it differs


def resemblance(one: Iterable[str], other: Iterable[str]) -> Resemblance:
    """Compare two lists of `kind:hash`, in either order with the same answer.

    Only kinds that both lists have are compared: a part that cannot be read today, and a kind that a newer client
    reads too, is no difference.
    """
    mine, yours = set(one), set(other)
    kinds = {kind_of(part) for part in mine} & {kind_of(part) for part in yours}
    mine = {part for part in mine if kind_of(part) in kinds}
    yours = {part for part in yours if kind_of(part) in kinds}
    compared, equal = min(len(mine), len(yours)), len(mine & yours)
    if compared < LEAST or 2 * equal == compared:
        return Resemblance.UNCLEAR
    return Resemblance.SAME if 2 * equal > compared else Resemblance.OTHER


def kind_of(component: str) -> str:
    return component.rpartition(":")[0]
