"""Whose turn it is to change which roads there are."""

from __future__ import annotations

from typing import Final

from chassis.database import Transaction

_LAYOUTS: Final = 0x6C61796F757473  # "layouts"


async def take_turn(tx: Transaction) -> None:
    """Until this transaction ends, nobody else decides about layouts, their names and their versions.

    One turn for all, because a lap is compared with every road there is: two drivers on one new road, each in their own
    game, would else begin it twice.
    """
    await tx.run("SELECT pg_advisory_xact_lock($1)", _LAYOUTS)
