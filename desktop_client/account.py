"""What a driver does with an account: begin one, sign in and out, and everything about passwords, devices and codes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import msgspec

from contracts.auth import (
    Accepted,
    ChangePassword,
    ForgotPassword,
    Reauthenticate,
    RecoveryCodes,
    Register,
    Resend,
    ResetPassword,
    SecondFactorState,
    SessionList,
    TotpCode,
    TotpEnrolment,
    User,
    Verify,
)
from contracts.auth import Session as SignedInAt
from desktop_client.gateway import Gateway, Method
from desktop_client.session import NotSignedIn, Session, SessionState

Answer = TypeVar("Answer")
NOTHING = type(None)


class Account:
    """All of it raises GatewayFailure; with a code `reauthentication_required`, `reauthenticate` comes first."""

    def __init__(
        self,
        gateway: Gateway,
        session: Session,
        *,
        signed_in: Callable[[], object] = lambda: None,
        signed_out: Callable[[], object] = lambda: None,
    ) -> None:
        """`signed_in` and `signed_out` are called after the driver did that, and it worked."""
        self._gateway, self._session = gateway, session
        self._signed_in, self._signed_out = signed_in, signed_out

    @property
    def state(self) -> SessionState:
        return self._session.state

    def on_change(self, listener: Callable[[SessionState], object]) -> None:
        """Have `listener` called with every new state."""
        self._session.on_change(listener)

    async def sign_in(self, email: str, password: str, second_factor: str | None = None) -> User:
        """`second_factor`: a code of the authenticator app, or a recovery code, where the account asks for one."""
        user = await self._session.sign_in(email, password, second_factor)
        self._signed_in()
        return user

    async def sign_out(self) -> None:
        """Forget the sign-in here, whether or not the gateway can be told."""
        await self._session.sign_out()
        self._signed_out()

    async def sign_out_everywhere(self) -> None:
        """End every sign-in of this account, this one too. Where the gateway cannot be told, none ends."""
        with contextlib.suppress(NotSignedIn):  # the answer was lost, and it was done all the same
            await self._call("POST", "/auth/logout/all", NOTHING, again=True)
        await self._session.ended()
        self._signed_out()

    async def register(self, email: str, password: str, display_name: str | None = None) -> None:
        """Begin an account; a code comes by mail."""
        body = Register(email=email, password=password, display_name=display_name or None)
        await self._gateway.call("POST", "/auth/register", Accepted, body=body)

    async def verify(self, email: str, code: str) -> None:
        """Prove the address with the code from the mail."""
        await self._gateway.call("POST", "/auth/verify", NOTHING, body=Verify(email=email, code=code))

    async def resend(self, email: str) -> None:
        """Ask for another code."""
        await self._gateway.call("POST", "/auth/verify/resend", Accepted, body=Resend(email=email))

    async def forgot_password(self, email: str) -> None:
        """Ask for a code to choose another password with."""
        await self._gateway.call("POST", "/auth/password/forgot", Accepted, body=ForgotPassword(email=email))

    async def reset_password(self, email: str, code: str, new_password: str) -> None:
        """Choose another password with the code from the mail; every sign-in of the account ends."""
        body = ResetPassword(email=email, code=code, new_password=new_password)
        await self._gateway.call("POST", "/auth/password/reset", NOTHING, body=body)

    async def change_password(self, current: str, new: str) -> None:
        """Every other sign-in of the account ends."""
        await self._call("POST", "/auth/password/change", NOTHING, ChangePassword(current, new))

    async def reauthenticate(self, password: str, second_factor: str | None = None) -> None:
        """Prove once more who is sitting here; for a quarter of an hour that is believed."""
        await self._call("POST", "/auth/reauthenticate", NOTHING, Reauthenticate(password, second_factor))

    async def sign_ins(self) -> tuple[SignedInAt, ...]:
        """Where the account is signed in."""
        return (await self._call("GET", "/auth/sessions", SessionList)).sessions

    async def end_sign_in(self, sign_in: UUID) -> None:
        await self._call("DELETE", f"/auth/sessions/{sign_in}", NOTHING)

    async def second_factor(self) -> SecondFactorState:
        return await self._call("GET", "/auth/mfa", SecondFactorState)

    async def begin_second_factor(self) -> TotpEnrolment:
        """What the authenticator app is told; nothing is asked for at sign-in before a code of it was confirmed."""
        return await self._call("POST", "/auth/mfa/totp", TotpEnrolment)

    async def confirm_second_factor(self, code: str) -> tuple[str, ...]:
        """From now on sign-in asks for a code. The recovery codes, which are given this one time."""
        return (await self._call("POST", "/auth/mfa/totp/confirm", RecoveryCodes, TotpCode(code))).recovery_codes

    async def end_second_factor(self, password: str, second_factor: str | None = None) -> None:
        await self._call("POST", "/auth/mfa/totp/disable", NOTHING, Reauthenticate(password, second_factor))

    async def new_recovery_codes(self, password: str, second_factor: str | None = None) -> tuple[str, ...]:
        """Other recovery codes; the ones before are good for nothing."""
        body = Reauthenticate(password, second_factor)
        return (await self._call("POST", "/auth/mfa/recovery-codes", RecoveryCodes, body)).recovery_codes

    async def _call(
        self,
        method: Method,
        path: str,
        answer: type[Answer],
        body: msgspec.Struct | None = None,
        *,
        again: bool | None = None,
    ) -> Answer:
        return await self._session.authorised(
            lambda token: self._gateway.call(method, path, answer, body=body, token=token, idempotent=again)
        )
