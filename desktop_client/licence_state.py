"""How the licence stands, in words and with a way out. Pure: licence.py asks, this says what the answer means."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contracts.license import LicenseStatus
from desktop_client.lease import Judgement, Rung

QUIET_DAYS: Final = 2  # so many days before the end it is said, and no earlier
DAY: Final = timedelta(days=1)
DAMAGED: Final = "lease_damaged"
FREE_FOR_ALL: Final = ("widgets",)  # what goes on whatever the licence says


class Source(enum.StrEnum):
    """Whose word the state is."""

    NOBODY = "nobody"  # not asked yet
    GATEWAY = "gateway"
    LEASE = "lease"  # there is no gateway: the lease that it signed


class Action(enum.StrEnum):
    """What the driver can do about it."""

    NOTHING = "nothing"
    WAIT = "wait"
    CONNECT = "connect"  # to a network
    SIGN_IN = "sign_in"
    ACTIVATE = "activate"  # this device, once more
    REMOVE_DEVICE = "remove_device"
    PAY = "pay"
    SET_CLOCK = "set_clock"
    UPDATE = "update"
    ASK_US = "ask_us"


@dataclass(frozen=True, slots=True)
class LicenceState:
    """`plan` is the plan's id while the licence is valid here, else None; `entitlements` are what may be used.

    `code` says why: the gateway's word, or the lease's rung; "" before anybody was asked. `problem` is that as a
    sentence with the way out, which `action` names; `notice` is a quiet line about something that is no problem.
    `days_left` is how long the lease holds without a network, counted while there is none. `status` is the gateway's
    whole answer, as long as it is the source.
    """

    plan: str | None = None
    entitlements: tuple[str, ...] = ()
    code: str = ""
    problem: str | None = None
    source: Source = Source.NOBODY
    action: Action = Action.NOTHING
    notice: str | None = None
    days_left: int | None = None
    status: LicenseStatus | None = None

    @property
    def is_for_this_session_only(self) -> bool:
        """The lease is over, and only what is driven now may be driven to its end."""
        return self.days_left == 0


SENTENCES: Final = {
    "device_limit_reached": "All devices of your plan are in use. Remove one in your account, then try again.",
    "device_key_mismatch": (
        "This device is known to your account with another key. Remove it in your account, then try again."
    ),
    "device_cloned": "This computer has the key of another one: its disk was copied. It needs a seat of its own.",
    "device_unproven": "This device could not prove that it is yours. Activate it again.",
    "device_not_activated": "This device has no seat any more: it was removed, or is used under another installation.",
    "no_license": "Your licence is being opened; this takes a moment.",
    "suspended_unpaid": "Your plan is suspended until the open payment is made; the Free plan goes on.",
    "suspended_paused": "Your plan is paused; the Free plan goes on. Resume it in your account.",
    "refunded": "Your last payment was paid back, and the plan that it was for has ended; the Free plan goes on.",
    "disputed": "Your bank disputes a payment; until that is settled the Free plan goes on.",
    "revoked": "Your licence was withdrawn. Write to us if you think that this is wrong.",
    "expired": "Your plan has ended; the Free plan goes on.",
    Rung.MISSING: "This device has not been in touch with your account yet; it needs a network once.",
    Rung.KEY_UNKNOWN: "What was kept of your licence has a signature that this version does not know. Go online once.",
    Rung.ALTERED: "What was kept of your licence was changed, so it is not used. Go online once.",
    Rung.OTHER_DEVICE: "What was kept of your licence belongs to another computer. Go online once.",
    Rung.OTHER_ACCOUNT: "What was kept of your licence belongs to another account. Go online once.",
    Rung.EXPIRED: "Your licence was last renewed too long ago; the Free plan goes on until there is a network.",
    DAMAGED: "What was kept of your licence cannot be read, so it is not used. Go online once.",
}

ACTIONS: Final = {
    "device_limit_reached": Action.REMOVE_DEVICE,
    "device_key_mismatch": Action.REMOVE_DEVICE,
    "device_cloned": Action.ACTIVATE,
    "device_unproven": Action.ACTIVATE,
    "device_not_activated": Action.ACTIVATE,
    "no_license": Action.WAIT,
    "suspended_unpaid": Action.PAY,
    "suspended_paused": Action.PAY,
    "grace_past_due": Action.PAY,
    "refunded": Action.PAY,
    "expired": Action.PAY,
    "disputed": Action.ASK_US,
    "revoked": Action.ASK_US,
    Rung.CLOCK_SET_BACK: Action.SET_CLOCK,
}
"""Whatever else a lease says is settled by a network."""


def of_gateway(status: LicenseStatus) -> LicenceState:
    return LicenceState(
        plan=status.plan if status.valid else None,
        entitlements=status.entitlements,
        code=status.code,
        problem=None if status.valid else SENTENCES.get(status.code, "Your licence is not valid."),
        source=Source.GATEWAY,
        action=ACTIONS.get(status.code, Action.NOTHING),
        notice=_payment_notice(status) if status.code == "grace_past_due" else None,
        status=status,
    )


def of_refusal(code: str, title: str) -> LicenceState:
    """The gateway gives this device no seat."""
    action = ACTIONS.get(code, Action.NOTHING)
    problem = SENTENCES.get(code, title)
    return LicenceState(None, FREE_FOR_ALL, code, problem, source=Source.GATEWAY, action=action)


def of_lease(found: Judgement, now: datetime) -> LicenceState:
    """What a lease says while there is no gateway."""
    payload = found.payload
    if found.rung is Rung.CLOCK_SET_BACK:
        return _unusable(found.rung, f"This computer's clock is {_length(found.behind)} behind; set it right.")
    if not found.holds or payload is None:
        return _unusable(found.rung, SENTENCES[found.rung])
    is_paid_for = payload.code in ("valid", "grace_past_due")
    days_left = max(0, math.ceil((payload.expires_at - now) / DAY))
    return LicenceState(
        plan=payload.plan if is_paid_for else None,
        entitlements=payload.entitlements,
        code=payload.code,
        problem=None if is_paid_for else SENTENCES.get(payload.code, "Your licence is not valid."),
        source=Source.LEASE,
        action=Action.NOTHING if is_paid_for else ACTIONS.get(payload.code, Action.NOTHING),
        notice=_notice(found.rung, days_left),
        days_left=days_left,
    )


def damaged(sentence: str | None = None) -> LicenceState:
    """What was kept cannot be read; `sentence` says why, where the vault does."""
    return _unusable(DAMAGED, sentence or SENTENCES[DAMAGED])


def loses(before: LicenceState, after: LicenceState) -> bool:
    """Whether something that a plan brings before may not be used after."""
    return before.plan is not None and not set(before.entitlements) <= set(after.entitlements)


def _unusable(code: str, problem: str) -> LicenceState:
    action = ACTIONS.get(code, Action.CONNECT)
    return LicenceState(entitlements=FREE_FOR_ALL, code=code, problem=problem, source=Source.LEASE, action=action)


def _notice(rung: Rung, days_left: int) -> str | None:
    if rung is Rung.IN_GRACE:
        return "Without a network your plan holds until this session is over."
    if days_left > QUIET_DAYS:
        return None
    return f"Without a network your plan holds for {'one more day' if days_left <= 1 else f'{days_left} more days'}."


def _payment_notice(status: LicenseStatus) -> str:
    until = "" if status.grace_until is None else f" Your plan holds until {status.grace_until:%Y-%m-%d}."
    return f"The last payment did not go through and is tried again.{until}"


def _length(time: timedelta) -> str:
    minutes = round(time / timedelta(minutes=1))
    for length, one, many in ((1440, "a day", "days"), (60, "an hour", "hours")):
        if minutes >= length:
            count = round(minutes / length)
            return one if count == 1 else f"{count} {many}"
    return "a minute" if minutes == 1 else f"{minutes} minutes"
