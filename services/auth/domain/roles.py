"""Who may be given which role, and what a change of roles takes away."""

from __future__ import annotations

from contracts.identity import Role
from contracts.problem import Conflict, NotFound


class LastAdmin(Conflict):
    """Somebody must be an admin: make another one first."""


class AddressNotProved(Conflict):
    """This account has not proved its address yet, so nobody knows whose it is."""


class UserUnknown(NotFound):
    """There is no such account."""


def takes_away(before: Role, after: Role) -> bool:
    """Whether somebody may less afterwards, so that what they hold in their hands must not be believed any more."""
    return before not in (Role.DRIVER, after) and after is not Role.ADMIN


def check_role(before: Role, after: Role, *, is_verified: bool, other_admins: int) -> None:
    """
    Raises:
        AddressNotProved: only who has proved an address can be more than a driver.
        LastAdmin: nobody would be an admin afterwards.
    """
    if after is not Role.DRIVER and not is_verified:
        raise AddressNotProved
    if before is Role.ADMIN and after is not Role.ADMIN and not other_admins:
        raise LastAdmin
