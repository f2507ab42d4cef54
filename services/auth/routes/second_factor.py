"""The second factor: on, off, and the codes that stand in for it."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from chassis.guards import signed_in
from chassis.problems import documented
from contracts.auth import Reauthenticate, RecoveryCodes, SecondFactorState, TotpCode, TotpEnrolment
from contracts.identity import Identity
from contracts.problem import InvalidRequest, TooManyRequests, Unauthenticated
from services.auth.caller import Caller
from services.auth.domain.accounts import InvalidCredentials
from services.auth.domain.second_factor import (
    InvalidSecondFactor,
    NoSecondFactor,
    PasswordTooShortAlone,
    SecondFactorAlreadyOn,
    SecondFactorRequired,
    WrongTotpCode,
)
from services.auth.domain.sessions import ReauthenticationRequired
from services.auth.second_factor import SecondFactors

_PERSON = {"guards": [signed_in], "security": [{"bearer": []}]}
_SECRET_WITHIN = {"cache-control": "no-store"}
_PROOF = (
    Unauthenticated,
    InvalidCredentials,
    SecondFactorRequired,
    InvalidSecondFactor,
    InvalidRequest,
    TooManyRequests,
)
Who = NamedDependency[Identity]
Desk = NamedDependency[SecondFactors]
From = NamedDependency[Caller]


@get("/auth/mfa", responses=documented(Unauthenticated), **_PERSON)
async def state(identity: Who, second_factors: Desk) -> SecondFactorState:
    """Whether this account signs in with a second factor, and how many recovery codes are left."""
    return await second_factors.state(identity)


@post(
    "/auth/mfa/totp",
    status_code=HTTP_200_OK,
    responses=documented(Unauthenticated, ReauthenticationRequired, SecondFactorAlreadyOn),
    **_PERSON,
)
async def enrol(identity: Who, second_factors: Desk) -> Response[TotpEnrolment]:
    """A secret for an authenticator app. It is asked for after it was confirmed. It needs a recent sign-in."""
    return Response(await second_factors.enrol(identity), headers=_SECRET_WITHIN)


@post(
    "/auth/mfa/totp/confirm",
    status_code=HTTP_200_OK,
    responses=documented(
        Unauthenticated, WrongTotpCode, NoSecondFactor, SecondFactorAlreadyOn, InvalidRequest, TooManyRequests
    ),
    **_PERSON,
)
async def confirm(
    data: JSONBody[TotpCode], identity: Who, second_factors: Desk, caller: From
) -> Response[RecoveryCodes]:
    """Say what the app shows: from now on it is asked for. The recovery codes are shown this one time."""
    return Response(await second_factors.confirm(identity, data.code, caller), headers=_SECRET_WITHIN)


@post(
    "/auth/mfa/totp/disable",
    status_code=HTTP_204_NO_CONTENT,
    responses=documented(*_PROOF, NoSecondFactor, PasswordTooShortAlone),
    **_PERSON,
)
async def disable(data: JSONBody[Reauthenticate], identity: Who, second_factors: Desk, caller: From) -> None:
    """Switch the second factor off. The password must be long enough to stand alone."""
    await second_factors.switch_off(identity, data, caller)


@post(
    "/auth/mfa/recovery-codes",
    status_code=HTTP_200_OK,
    responses=documented(*_PROOF, NoSecondFactor),
    **_PERSON,
)
async def new_recovery_codes(
    data: JSONBody[Reauthenticate], identity: Who, second_factors: Desk, caller: From
) -> Response[RecoveryCodes]:
    """New recovery codes, shown this one time. The old ones stop working."""
    return Response(await second_factors.replace_recovery_codes(identity, data, caller), headers=_SECRET_WITHIN)


ROUTES = [state, enrol, confirm, disable, new_recovery_codes]
