"""When does a period end? Calendar arithmetic in UTC, from an anchor, so that the 31st stays the 31st."""

import calendar
from datetime import UTC, datetime, timedelta

from devstack.stripe.shapes import Json

DAY = 86_400
_MONTHS = {"month": 1, "year": 12}


def nth(anchor: int, recurring: Json, n: int) -> int:
    """The end of the n-th period after `anchor`. A month that lacks the anchor's day ends on its last."""
    step = n * recurring["interval_count"]
    at = datetime.fromtimestamp(anchor, UTC)
    if (months := _MONTHS.get(recurring["interval"])) is None:
        return int((at + timedelta(days=step * (7 if recurring["interval"] == "week" else 1))).timestamp())
    year, month = divmod(at.year * 12 + at.month - 1 + step * months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return int(at.replace(year=year, month=month + 1, day=day).timestamp())


def after(anchor: int, recurring: Json, moment: int) -> int:
    """The first end of a period that lies after `moment`."""
    days = recurring["interval_count"] * {"day": 1, "week": 7, "month": 31, "year": 366}[recurring["interval"]]
    # Too few rather than too many: no period is longer than `days`.
    n = max(1, (moment - anchor) // (days * DAY))
    while (end := nth(anchor, recurring, n)) <= moment:
        n += 1
    return end
