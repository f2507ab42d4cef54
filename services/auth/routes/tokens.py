"""API tokens: for people to make and end, for machines to be let in with."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from chassis.guards import signed_in
from chassis.problems import documented
from contracts.auth import ApiSecret, ApiTokenList, MachineToken, MadeApiToken, NewApiToken
from contracts.identity import Identity
from contracts.problem import InvalidRequest, TooManyRequests, Unauthenticated
from services.auth.caller import Caller
from services.auth.domain.api_tokens import ApiTokenUnknown, InvalidApiToken, TooManyApiTokens
from services.auth.domain.scopes import ScopeNotAllowed
from services.auth.domain.sessions import ReauthenticationRequired
from services.auth.machines import Machines

_PERSON = {"guards": [signed_in], "security": [{"bearer": []}]}
_SECRET_WITHIN = {"cache-control": "no-store"}
Who = NamedDependency[Identity]


@post(
    "/auth/tokens",
    status_code=HTTP_201_CREATED,
    responses=documented(Unauthenticated, ReauthenticationRequired, ScopeNotAllowed, TooManyApiTokens, InvalidRequest),
    **_PERSON,
)
async def make_token(
    data: JSONBody[NewApiToken], identity: Who, machines: NamedDependency[Machines]
) -> Response[MadeApiToken]:
    """Make an API token for a script or a machine. Its secret is shown this one time."""
    return Response(await machines.make(identity, data), status_code=HTTP_201_CREATED, headers=_SECRET_WITHIN)


@get("/auth/tokens", responses=documented(Unauthenticated), **_PERSON)
async def tokens(identity: Who, machines: NamedDependency[Machines]) -> ApiTokenList:
    """The API tokens of this account that have not expired."""
    return await machines.of(identity)


@delete(
    "/auth/tokens/{token_id:uuid}",
    status_code=HTTP_204_NO_CONTENT,
    responses=documented(Unauthenticated, ApiTokenUnknown),
    **_PERSON,
)
async def end_token(token_id: FromPath[UUID], identity: Who, machines: NamedDependency[Machines]) -> None:
    """End an API token. Access tokens that were given for it are refused at once, too."""
    await machines.end(identity, token_id)


@post(
    "/auth/tokens/exchange",
    status_code=HTTP_200_OK,
    responses=documented(InvalidApiToken, TooManyRequests, InvalidRequest),
)
async def exchange(
    data: JSONBody[ApiSecret], caller: NamedDependency[Caller], machines: NamedDependency[Machines]
) -> Response[MachineToken]:
    """Trade the secret of an API token for an access token of ten minutes, which every other call takes."""
    return Response(await machines.exchange(data.api_token, caller), headers=_SECRET_WITHIN)


ROUTES = [make_token, tokens, end_token, exchange]
