"""What is a subscription to us: what of Stripe's account of it decides how a driver stands."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class Status(enum.StrEnum):
    """Stripe's own words for the state of a subscription."""

    INCOMPLETE = "incomplete"
    INCOMPLETE_EXPIRED = "incomplete_expired"
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    PAUSED = "paused"
    CANCELED = "canceled"


NEVER_BEGAN = frozenset({Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED})
"""The first payment has not come (yet): what the account had before holds."""

ENDED = frozenset({Status.CANCELED, Status.INCOMPLETE_EXPIRED})
"""Nothing can happen to it any more."""


@dataclass(frozen=True)
class Subscription:
    """`plan` is the id of ours. `renews_at` is the end of the period that is running; `ends_at`, where the driver has
    cancelled, is when it will end.

    `first_failed_at` is the first payment that failed after the last that did not. `is_refunded`: all that was paid for
    the running period went back; `is_disputed`: the bank is taking it back, or has.
    """

    id: str
    customer: str
    plan: str
    status: Status
    interval: str | None = None
    started_at: datetime | None = None
    renews_at: datetime | None = None
    ends_at: datetime | None = None
    ended_at: datetime | None = None
    trial_end: datetime | None = None
    first_failed_at: datetime | None = None
    last_paid_at: datetime | None = None
    is_paused: bool = False
    is_refunded: bool = False
    is_disputed: bool = False

    @property
    def is_over(self) -> bool:
        return self.status in ENDED

    @property
    def has_begun(self) -> bool:
        return self.status not in NEVER_BEGAN
