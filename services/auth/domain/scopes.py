"""Which scopes the machines of an account may be given."""

from __future__ import annotations

from collections.abc import Collection

from contracts.identity import Role, Scope
from contracts.problem import Problem

_FOR_ROLES_ALONE = {Scope.RELEASES_WRITE: Role.RELEASE_MANAGER}


class ScopeNotAllowed(Problem):
    """This account's role does not allow machines that."""

    status = 403


def allowed_scopes(role: Role) -> frozenset[Scope]:
    """What a machine of an account with that role may do at most; an admin's may everything that there is."""
    return frozenset(scope for scope in Scope if role is Role.ADMIN or _FOR_ROLES_ALONE.get(scope) in (None, role))


def check_scopes(wanted: Collection[Scope], role: Role) -> tuple[Scope, ...]:
    """The scopes, each once, in the order of the catalogue.

    Raises:
        ScopeNotAllowed: the role does not reach that far.
    """
    beyond = set(wanted) - allowed_scopes(role)
    if beyond:
        raise ScopeNotAllowed(f"A {role} cannot hand out {', '.join(sorted(beyond))}.")
    return tuple(scope for scope in Scope if scope in set(wanted))
