"""The accounts of the gateway on loopback: one driver, with a password, sign-ins, and a second factor if wanted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import msgspec
from aiohttp import web
from loopback_answers import EMAIL, PASSWORD, Handler, as_json, refusal

from contracts.auth import (
    Accepted,
    ChangePassword,
    ForgotPassword,
    Login,
    Reauthenticate,
    RecoveryCodes,
    ResetPassword,
    SecondFactorState,
    Session,
    SessionList,
    TotpCode,
    TotpEnrolment,
)
from contracts.problem import FieldError

Body = TypeVar("Body")

APP_CODE, MAILED_CODE = "123456", "12345678"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
WEAK = "It is one of the passwords that are guessed first."


class Accounts:
    """A test changes what it likes: `has_factor`, `is_recent` (whether the password was typed a moment ago)."""

    def __init__(self, sign_ins: dict[int, int], good_access: set[str]) -> None:
        """`sign_ins` and `good_access` are the gateway's own."""
        self._sign_ins, self._good_access = sign_ins, good_access
        self.password = PASSWORD
        self.has_factor = False
        self.recovery_codes: tuple[str, ...] = ()
        self.is_recent = True
        self.ended: set[int] = set()
        self.logins: list[Login] = []

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/auth/register", _accept),
            web.post("/auth/verify", _nothing),
            web.post("/auth/verify/resend", _accept),
            web.post("/auth/logout", _nothing),
            web.post("/auth/password/forgot", self._forgot),
            web.post("/auth/password/reset", self._reset),
            web.post("/auth/password/change", self._signed_in(self._change)),
            web.post("/auth/reauthenticate", self._signed_in(self._reauthenticate)),
            web.post("/auth/logout/all", self._signed_in(self._end_all)),
            web.get("/auth/sessions", self._signed_in(self._list)),
            web.delete("/auth/sessions/{id}", self._signed_in(self._end)),
            web.get("/auth/mfa", self._signed_in(self._factor)),
            web.post("/auth/mfa/totp", self._signed_in(self._enrol)),
            web.post("/auth/mfa/totp/confirm", self._signed_in(self._confirm)),
            web.post("/auth/mfa/totp/disable", self._signed_in(self._disable)),
            web.post("/auth/mfa/recovery-codes", self._signed_in(self._renew)),
        ]

    def refused(self, login: Login) -> web.Response | None:
        """Why a login is refused, or None."""
        self.logins.append(login)
        if login.email != EMAIL:
            return _wrong_password()
        return self._not_proved(login.password, login.second_factor)

    def sign_in_elsewhere(self) -> UUID:
        """Another computer of the driver signs in."""
        number = len(self._sign_ins)
        self._sign_ins[number] = 0
        return UUID(int=number)

    def _not_proved(self, password: str, second_factor: str | None) -> web.Response | None:
        if password != self.password:
            return _wrong_password()
        if self.has_factor and second_factor is None:
            return refusal(401, "second_factor_required", title="A code of your authenticator app is needed, too.")
        if self.has_factor and second_factor not in (APP_CODE, *self.recovery_codes):
            return refusal(401, "invalid_second_factor", title="The code is not right.")
        return None

    def _signed_in(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if request.headers.get("authorization", "").removeprefix("Bearer ") not in self._good_access:
                return refusal(401, "unauthenticated")
            return await handler(request)

        return guarded

    async def _forgot(self, request: web.Request) -> web.StreamResponse:
        await _read(request, ForgotPassword)
        return as_json(Accepted(), status=202)

    async def _reset(self, request: web.Request) -> web.StreamResponse:
        asked = await _read(request, ResetPassword)
        if (asked.email, asked.code) != (EMAIL, MAILED_CODE):
            return refusal(400, "invalid_code", title="The code is wrong, used or too old; ask for a new one.")
        return self._chosen(asked.new_password, but=None)

    async def _change(self, request: web.Request) -> web.StreamResponse:
        asked = await _read(request, ChangePassword)
        if asked.current_password != self.password:
            return _wrong_password()
        return self._chosen(asked.new_password, but=_number(request))

    def _chosen(self, password: str, but: int | None) -> web.StreamResponse:
        if "password" in password:
            return refusal(422, "weak_password", errors=(FieldError("new_password", WEAK),))
        self.password = password
        self._end_sign_ins(set(self._sign_ins) - {but})
        return web.Response(status=204)

    async def _reauthenticate(self, request: web.Request) -> web.StreamResponse:
        asked = await _read(request, Reauthenticate)
        if (wrong := self._not_proved(asked.password, asked.second_factor)) is not None:
            return wrong
        self.is_recent = True
        return web.Response(status=204)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        now = datetime.now(UTC)
        living = [number for number in self._sign_ins if number not in self.ended]
        names = {number: f"Computer {number}" for number in living}
        return as_json(
            SessionList(
                tuple(
                    Session(
                        UUID(int=number),
                        now - timedelta(days=2),
                        now - timedelta(minutes=5),
                        now + timedelta(days=30),
                        number == _number(request),
                        names[number],
                        "Turin, Italy" if number else None,
                    )
                    for number in living
                )
            )
        )

    async def _end(self, request: web.Request) -> web.StreamResponse:
        number = UUID(request.match_info["id"]).int
        if number not in self._sign_ins or number in self.ended:
            return refusal(404, "not_found")
        self._end_sign_ins({number})
        return web.Response(status=204)

    async def _end_all(self, _request: web.Request) -> web.StreamResponse:
        self._end_sign_ins(set(self._sign_ins))
        return web.Response(status=204)

    def _end_sign_ins(self, numbers: set[int]) -> None:
        self.ended |= numbers
        for token in tuple(self._good_access):
            if int(token.split("-")[1]) in numbers:
                self._good_access.discard(token)

    async def _factor(self, _request: web.Request) -> web.StreamResponse:
        since = datetime(2026, 11, 1, tzinfo=UTC) if self.has_factor else None
        return as_json(SecondFactorState(self.has_factor, len(self.recovery_codes), since))

    async def _enrol(self, _request: web.Request) -> web.StreamResponse:
        if not self.is_recent:
            return refusal(403, "reauthentication_required", title="Type your password once more.")
        return as_json(TotpEnrolment(SECRET, f"otpauth://totp/RaceOverlay:{EMAIL}?secret={SECRET}&issuer=RaceOverlay"))

    async def _confirm(self, request: web.Request) -> web.StreamResponse:
        if (await _read(request, TotpCode)).code != APP_CODE:
            return refusal(400, "wrong_totp_code", title="That is not the code that the app shows now.")
        self.has_factor = True
        return self._new_codes("A")

    async def _disable(self, request: web.Request) -> web.StreamResponse:
        asked = await _read(request, Reauthenticate)
        if (wrong := self._not_proved(asked.password, asked.second_factor)) is not None:
            return wrong
        self.has_factor, self.recovery_codes = False, ()
        return web.Response(status=204)

    async def _renew(self, request: web.Request) -> web.StreamResponse:
        asked = await _read(request, Reauthenticate)
        return self._not_proved(asked.password, asked.second_factor) or self._new_codes("B")

    def _new_codes(self, batch: str) -> web.Response:
        self.recovery_codes = tuple(f"{batch}{number}C2-9QX4" for number in range(10))
        return as_json(RecoveryCodes(self.recovery_codes))


def _number(request: web.Request) -> int:
    return int(request.headers["authorization"].split("-")[1])


def _wrong_password() -> web.Response:
    return refusal(401, "invalid_credentials", title="The address or the password is not right.")


async def _read(request: web.Request, kind: Callable[..., Body]) -> Body:
    return msgspec.json.decode(await request.read(), type=kind)  # type: ignore[call-overload]  # kind is a struct


async def _accept(_request: web.Request) -> web.StreamResponse:
    return as_json(Accepted(), status=202)


async def _nothing(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=204)
