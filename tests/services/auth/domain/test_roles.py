from __future__ import annotations

import pytest

from contracts.identity import Role, Scope
from services.auth.domain.roles import AddressNotProved, LastAdmin, check_role, takes_away
from services.auth.domain.scopes import ScopeNotAllowed, allowed_scopes, check_scopes

DRIVER, MODERATOR, RELEASE_MANAGER, ADMIN = Role


@pytest.mark.parametrize(
    ("before", "after", "taken"),
    [
        (DRIVER, ADMIN, False),
        (DRIVER, MODERATOR, False),
        (MODERATOR, ADMIN, False),
        (MODERATOR, MODERATOR, False),
        (MODERATOR, RELEASE_MANAGER, True),
        (RELEASE_MANAGER, DRIVER, True),
        (ADMIN, RELEASE_MANAGER, True),
        (ADMIN, DRIVER, True),
        (ADMIN, ADMIN, False),
    ],
)
def test_a_role_takes_away_what_the_other_had_alone(before: Role, after: Role, taken: bool):
    assert takes_away(before, after) is taken


def test_the_last_admin_stays_one():
    with pytest.raises(LastAdmin):
        check_role(ADMIN, DRIVER, is_verified=True, other_admins=0)
    check_role(ADMIN, DRIVER, is_verified=True, other_admins=1)
    check_role(ADMIN, ADMIN, is_verified=True, other_admins=0)


def test_who_has_not_proved_an_address_is_a_driver():
    with pytest.raises(AddressNotProved):
        check_role(DRIVER, MODERATOR, is_verified=False, other_admins=1)
    check_role(MODERATOR, DRIVER, is_verified=False, other_admins=1)


def test_releases_are_for_the_machines_of_those_who_manage_them():
    for role in Role:
        assert (Scope.RELEASES_WRITE in allowed_scopes(role)) is (role in (RELEASE_MANAGER, ADMIN))
        assert allowed_scopes(role) >= {Scope.TRACKS_READ, Scope.EVENTS_READ}
    assert check_scopes((Scope.RELEASES_WRITE,) * 2, RELEASE_MANAGER) == (Scope.RELEASES_WRITE,)
    with pytest.raises(ScopeNotAllowed, match="releases:write"):
        check_scopes((Scope.TRACKS_READ, Scope.RELEASES_WRITE), MODERATOR)
