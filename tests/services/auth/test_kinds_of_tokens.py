"""Every secret that auth gives away opens one door. At all the others it is nothing."""

from __future__ import annotations

import base64
import itertools
import time
from dataclasses import dataclass

import jwt
import msgspec
from auth_service import PASSWORD, Auth, text_of
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from doors import Answer, call, login
from passlib.totp import TOTP
from waiting import eventually

EMAIL = "driver@raceoverlay.example"


@dataclass(frozen=True)
class Door:
    """Where a secret is said: in the Authorization header, or as a field of a body."""

    method: str
    path: str
    opens_for: str
    field: str = ""
    beside: tuple[tuple[str, str], ...] = ()
    signed_in: bool = False


DOORS = (
    Door("GET", "/auth/me", "access"),
    Door("GET", "/auth/sessions", "access"),
    Door("GET", "/auth/me/audit", "access"),
    Door("POST", "/auth/logout/all", "access"),
    Door("DELETE", "/auth/me", "access"),
    Door("POST", "/auth/refresh", "refresh", "refresh_token"),
    Door("POST", "/auth/tokens/exchange", "api token", "api_token"),
    Door("POST", "/auth/verify", "verification code", "code", (("email", EMAIL),)),
    Door("POST", "/auth/email/confirm", "email code", "code", (("email", EMAIL),)),
    Door(
        "POST", "/auth/password/reset", "reset code", "code", (("email", EMAIL), ("new_password", "new box, new luck"))
    ),
    Door("POST", "/auth/login", "totp", "second_factor", (("email", EMAIL), ("password", PASSWORD))),
    Door("POST", "/auth/login", "password", "password", (("email", EMAIL),)),
    Door("POST", "/auth/reauthenticate", "password", "password", (), True),
    Door("POST", "/auth/mfa/totp/disable", "totp", "second_factor", (("password", PASSWORD),), True),
)


async def secrets_of(auth: Auth) -> dict[str, str]:
    """One of each kind, all of one account that has a second factor, all alive."""
    await auth.verified(EMAIL)
    pair = (await login(auth, EMAIL)).body
    token = pair["access_token"]
    made = await call(
        auth, "POST", "/auth/tokens", token=token, json={"name": "Timing screen", "scopes": ["tracks:read"]}
    )
    assert made.status == 201, made.body
    exchanged = await call(auth, "POST", "/auth/tokens/exchange", json={"api_token": made.body["secret"]})
    assert exchanged.status == 200, exchanged.body
    enrolled = await call(auth, "POST", "/auth/mfa/totp", token=token)
    code = TOTP(key=enrolled.body["secret"]).generate().token
    confirmed = await call(auth, "POST", "/auth/mfa/totp/confirm", token=token, json={"code": code})
    await call(auth, "POST", "/auth/password/forgot", json={"email": EMAIL})
    return {
        "access": token,
        "machine's access": exchanged.body["access_token"],
        "refresh": pair["refresh_token"],
        "device": pair["device_token"],
        "api token": made.body["secret"],
        "recovery code": confirmed.body["recovery_codes"][0],
        "reset code": await reset_code(auth),
        "lease": lease(),
        "JWT of another kind": _jwt(token, "lease+jwt", Ed25519PrivateKey.generate(), "EdDSA"),
        "JWT of another key": _jwt(token, "at+jwt", ec.generate_private_key(ec.SECP256R1()), "ES256"),
    }


async def reset_code(auth: Auth) -> str:
    """The code of the second letter that has one; the first was for the address."""

    def codes() -> list[str]:
        lines = [line for mail in auth.mail.to(EMAIL) for line in text_of(mail).splitlines()]
        return [line for line in lines if line.isdigit()][1:]

    return (await eventually(codes))[0]


def lease() -> str:
    """What license signs for a device: two parts, of which neither says what algorithm it is."""
    body = msgspec.json.encode({"domain": "lease", "user": EMAIL})
    parts = (body, Ed25519PrivateKey.generate().sign(body))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def _jwt(token: str, kind: str, key: ec.EllipticCurvePrivateKey | Ed25519PrivateKey, algorithm: str) -> str:
    """The claims and the key id of a good token, with another type or another key."""
    claims = jwt.decode(token, options={"verify_signature": False})
    kid = jwt.get_unverified_header(token)["kid"]
    return jwt.encode(claims | {"iat": int(time.time())}, key, algorithm, headers={"kid": kid, "typ": kind})


async def knock(auth: Auth, door: Door, secret: str, address: str, access: str) -> Answer:
    if not door.field:
        return await call(auth, door.method, door.path, token=secret, address=address)
    said = {**dict(door.beside), door.field: secret}
    return await call(auth, door.method, door.path, token=access if door.signed_in else "", address=address, json=said)


async def test_no_door_opens_for_another_kind_of_secret(auth: Auth):
    secrets = await secrets_of(auth)
    stands_in = {("totp", "recovery code")}
    addresses = (f"203.0.113.{n}" for n in itertools.count(1))
    opened = {}
    for door, (kind, secret) in itertools.product(DOORS, secrets.items()):
        if kind == door.opens_for or (door.opens_for, kind) in stands_in:
            continue
        answer = await knock(auth, door, secret, next(addresses), secrets["access"])
        refusals = {403} if kind == "machine's access" and not door.field else {400, 401, 422}
        if answer.status not in refusals:
            opened[f"{kind} at {door.method} {door.path} as {door.field or 'bearer'}"] = answer.status, answer.body
    assert opened == {}
    assert (await call(auth, "GET", "/auth/me", token=secrets["access"])).status == 200, "nothing was harmed by it"
    for kind, secret in secrets.items():
        if kind != "refresh" and len(secret) >= 16:
            assert (await call(auth, "POST", "/auth/logout", json={"refresh_token": secret[:512]})).status == 204
    refreshed = await call(auth, "POST", "/auth/refresh", json={"refresh_token": secrets["refresh"]})
    assert refreshed.status == 200, "nor signed out"


async def test_no_other_secret_makes_a_device_known(auth: Auth):
    await auth.verified(EMAIL)
    first = (await login(auth, EMAIL)).body
    for n, secret in enumerate(
        (first["refresh_token"], first["access_token"][:512], "dt_" + first["refresh_token"][3:])
    ):
        address = f"203.0.113.{n}"
        for _ in range(7):
            await login(auth, EMAIL, "not this one at all", address=address)
        assert (await login(auth, EMAIL, address=address, device_token=secret)).status == 429
        assert (await login(auth, EMAIL, address=address, device_token=first["device_token"])).status == 200
