"""What tells this computer from another of the same make? A handful of parts that are cheap to ask for.

`machine` is the system's installation, `product` the mainboard's own number, `disk` the disk that the system is on,
`network` the first network card, and `model` everything that all computers of a make have in common, as one part: of
two computers of one make no more than that is equal, which is never most of it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Mapping

log = logging.getLogger(__name__)

Parts = Mapping[str, Callable[[], str | None]]
"""How each kind of part is asked for. Whoever cannot say answers None or raises."""

NOT_A_NUMBER = frozenset(
    {"none", "default string", "not specified", "not available", "system serial number", "to be filled by o.e.m."}
)
"""What boards say that were never given a number."""


def parts() -> Iterator[tuple[str, str]]:
    """Kind and value of each part that can be told; none of them is fit to be shown or sent."""
    yield from told(_of_this_system())


def told(asked: Parts) -> Iterator[tuple[str, str]]:
    """What comes of asking, without what is empty or made up."""
    for kind, ask in asked.items():
        try:
            value = (ask() or "").replace("\0", "").strip()
        except Exception as error:  # systems refuse in many ways, and a part that is not told harms nobody
            log.info("the %s of this computer cannot be told: %s", kind, type(error).__name__)
            continue
        if is_told(value):
            yield kind, value


def is_told(value: str) -> bool:
    letters = {letter for letter in value.lower() if letter.isalnum()}
    return len(letters) > 1 and value.lower() not in NOT_A_NUMBER  # "0000-0000" and "ffffffff" are no numbers either


def _of_this_system() -> Parts:
    if sys.platform == "win32":
        from desktop_client.hardware import windows

        return windows.PARTS
    if sys.platform == "darwin":
        from desktop_client.hardware import macos

        return macos.PARTS
    from desktop_client.hardware import linux

    return linux.parts()
