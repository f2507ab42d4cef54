"""Everything that the desktop client does with an account, through the real gateway and the real auth."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from cloud_stack import CloudStack
from passlib.totp import TOTP
from waiting import eventually

from desktop_client.account import Account
from desktop_client.gateway import Gateway, GatewayRefused
from desktop_client.session import NotSignedIn, Session, Stage
from desktop_client.vault import FileVault

FIRST, SECOND, THIRD = (f"{secrets.token_urlsafe(9)} {number} laps" for number in (41, 53, 78))
STEP_S = 30


class Computer:
    """A client on a computer of its own."""

    def __init__(self, cloud: CloudStack, folder: Path, name: str) -> None:
        self.door = Gateway(cloud.gateway, cloud.ca)
        session = Session(self.door, FileVault(folder / "secrets"), folder / "lock", device_name=name)
        self.account = Account(self.door, session)

    @property
    def stage(self) -> Stage:
        return self.account.state.stage


@pytest.fixture
async def computers(cloud: CloudStack, tmp_path: Path) -> AsyncIterator[tuple[Computer, Computer]]:
    made = tuple(Computer(cloud, tmp_path / name, name) for name in ("rig", "laptop"))
    yield made[0], made[1]
    for computer in made:
        await computer.door.close()


class Letters:
    """The codes that were mailed to an address, each read once."""

    def __init__(self, folder: Path, email: str) -> None:
        self._folder, self._email = folder, email
        self._read: set[Path] = set()

    async def code(self) -> str:
        return await eventually(lambda: asyncio.to_thread(self._next))

    def _next(self) -> str | None:
        for path in sorted(set(self._folder.glob("*.eml")) - self._read):
            mail: Any = message_from_bytes(path.read_bytes(), policy=policy.default)
            if mail["To"] != self._email:
                continue
            self._read.add(path)
            lines = [line.strip() for line in mail.get_body(("plain",)).get_content().splitlines()]
            if code := next((line for line in lines if line.isdigit() and len(line) == 8), None):
                return code
        return None


async def refused(work: Any) -> str:
    with pytest.raises(GatewayRefused) as refusal:
        await work
    return refusal.value.code


async def test_a_driver_begins_an_account_guards_it_loses_the_password_and_gets_back_in(
    cloud: CloudStack, computers: tuple[Computer, Computer]
) -> None:
    email = f"account.{secrets.token_hex(4)}@raceoverlay.example"
    letters = Letters(cloud.mail_dir, email)
    rig, laptop = computers
    await rig.account.register(email, FIRST, "Ines")
    code = await letters.code()
    assert await refused(rig.account.sign_in(email, FIRST)) == "email_not_verified"
    await rig.account.verify(email, code)
    await rig.account.sign_in(email, FIRST)
    await laptop.account.sign_in(email, FIRST)
    assert {each.device_name: each.is_current for each in await rig.account.sign_ins()} == {
        "rig": True,
        "laptop": False,
    }

    assert await refused(rig.account.change_password("not the password", SECOND)) == "invalid_credentials"
    assert await refused(rig.account.change_password(FIRST, "password1234")) == "weak_password"
    await rig.account.change_password(FIRST, SECOND)
    assert [each.device_name for each in await rig.account.sign_ins()] == ["rig"]
    await laptop.account.sign_out()

    enrolment = await rig.account.begin_second_factor()
    app = TOTP(key=enrolment.secret)
    assert await refused(rig.account.confirm_second_factor("000000")) == "wrong_totp_code"
    codes = await rig.account.confirm_second_factor(app.generate().token)
    assert (await rig.account.second_factor()).recovery_codes_left == len(codes) == 10
    assert await refused(laptop.account.sign_in(email, SECOND)) == "second_factor_required"
    assert await refused(laptop.account.sign_in(email, SECOND, "AAAA-AAAA-AAAA")) == "invalid_second_factor"
    await laptop.account.sign_in(email, SECOND, app.generate(time.time() + STEP_S).token)

    (there,) = [each for each in await rig.account.sign_ins() if not each.is_current]
    await rig.account.end_sign_in(there.id)
    assert await refused(rig.account.end_sign_in(there.id)) == "not_found"
    await rig.account.reauthenticate(SECOND, codes[0])
    others = await rig.account.new_recovery_codes(SECOND, codes[1])
    assert not set(others) & set(codes)

    await laptop.account.forgot_password(email)
    assert await refused(laptop.account.reset_password(email, "00000000", THIRD)) == "invalid_code"
    await laptop.account.reset_password(email, await letters.code(), THIRD)
    await laptop.account.sign_in(email, THIRD, others[0])
    await laptop.account.end_second_factor(THIRD, others[1])
    assert not (await laptop.account.second_factor()).totp
    await rig.account.sign_in(email, THIRD)
    await rig.account.sign_out_everywhere()
    assert rig.stage is Stage.SIGNED_OUT
    with pytest.raises(NotSignedIn):
        await laptop.account.sign_ins()
