"""Where am I signed in, ending that, proving once more who I am, and what happened to my account."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_204_NO_CONTENT

from chassis.guards import signed_in
from chassis.problems import documented
from contracts.auth import AuditTrail, Reauthenticate, SessionList
from contracts.identity import Identity
from contracts.problem import InvalidRequest, NotFound, TooManyRequests, Unauthenticated
from services.auth.caller import Caller
from services.auth.domain.accounts import InvalidCredentials
from services.auth.domain.second_factor import InvalidSecondFactor, SecondFactorRequired
from services.auth.proof import Proof
from services.auth.sessions import Sessions

_PERSON = {"guards": [signed_in], "security": [{"bearer": []}]}
Who = NamedDependency[Identity]
Before = Annotated[int | None, QueryParameter(ge=1, le=2**63 - 1, description="the last entry of the page before")]
Limit = Annotated[int, QueryParameter(ge=1, le=200)]


@get("/auth/sessions", responses=documented(Unauthenticated), **_PERSON)
async def sessions(identity: Who, sessions: NamedDependency[Sessions]) -> SessionList:
    """Where this account is signed in, the session seen last first."""
    return await sessions.of(identity)


@delete(
    "/auth/sessions/{session_id:uuid}",
    status_code=HTTP_204_NO_CONTENT,
    responses=documented(Unauthenticated, NotFound),
    **_PERSON,
)
async def end(session_id: FromPath[UUID], identity: Who, sessions: NamedDependency[Sessions]) -> None:
    """Sign one of my sessions out. Its access tokens are refused at once."""
    await sessions.end(identity, session_id)


@post("/auth/logout/all", status_code=HTTP_204_NO_CONTENT, responses=documented(Unauthenticated), **_PERSON)
async def logout_all(identity: Who, sessions: NamedDependency[Sessions]) -> None:
    """Sign this account out everywhere, here too."""
    await sessions.end_all(identity)


@post(
    "/auth/reauthenticate",
    status_code=HTTP_204_NO_CONTENT,
    responses=documented(
        Unauthenticated,
        InvalidCredentials,
        SecondFactorRequired,
        InvalidSecondFactor,
        InvalidRequest,
        TooManyRequests,
    ),
    **_PERSON,
)
async def reauthenticate(
    data: JSONBody[Reauthenticate], identity: Who, proof: NamedDependency[Proof], caller: NamedDependency[Caller]
) -> None:
    """Prove once more who I am. For 15 minutes from now this session may do what cannot be undone."""
    await proof.renew(identity, data, caller)


@get("/auth/me/audit", responses=documented(Unauthenticated, InvalidRequest), **_PERSON)
async def audit(
    identity: Who, sessions: NamedDependency[Sessions], before: Before = None, limit: Limit = 50
) -> AuditTrail:
    """What happened to this account, newest first."""
    return await sessions.audit(identity, before=before, most=limit)


ROUTES = [sessions, end, logout_all, reauthenticate, audit]
