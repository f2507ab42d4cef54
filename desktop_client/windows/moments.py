"""How long ago, and how long still, as one says it."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

MINUTE_S: Final = 60
HOUR_S: Final = 3600
DAY_S: Final = 86_400
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def ago(moment: datetime, now: datetime) -> str:
    """`just now`, `5 minutes ago`, `2 days ago`, and from a week on the day itself. Both know their time zone."""
    passed = (now - moment).total_seconds()
    if passed < MINUTE_S:
        return "just now"
    for length, unit, until in ((MINUTE_S, "minute", HOUR_S), (HOUR_S, "hour", DAY_S), (DAY_S, "day", 7 * DAY_S)):
        if passed < until:
            count = int(passed // length)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return f"on {day(moment)}"


def day(moment: datetime) -> str:
    """`3 Nov 2026`, where the driver is."""
    here = moment.astimezone()
    return f"{here.day} {MONTHS[here.month - 1]} {here.year}"


def still(seconds: float) -> str:
    """`28 s`, and from a minute and a half on `3 min`; rounded up, so that nobody tries too early."""
    return f"{math.ceil(seconds)} s" if seconds < 90 else f"{math.ceil(seconds / MINUTE_S)} min"
