"""Everything a driver can do with an account, against a real HTTPS gateway on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from loopback_accounts import APP_CODE, MAILED_CODE, SECRET, WEAK
from loopback_gateway import EMAIL, PASSWORD, LoopbackGateway, loopback_gateway, loses_the_answer, refuses

from contracts.auth import User
from desktop_client.account import Account
from desktop_client.gateway import Gateway, GatewayRefused, GatewayUnreachable
from desktop_client.session import NotSignedIn, Session, Stage
from desktop_client.vault import FileVault

NEW = "another long sentence"


class Driver:
    """A computer with nobody signed in yet; `told` is what its account says to the rest of the client."""

    def __init__(self, server: LoopbackGateway, folder: Path) -> None:
        self.told: list[str] = []
        self.door = Gateway(server.address, server.authority, first_pause_s=0.001)
        self.account = Account(
            self.door,
            Session(self.door, FileVault(folder / "secrets"), folder / "lock"),
            signed_in=lambda: self.told.append("in"),
            signed_out=lambda: self.told.append("out"),
        )

    @property
    def stage(self) -> Stage:
        return self.account.state.stage


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LoopbackGateway]:
    async with loopback_gateway(tmp_path) as opened:
        yield opened


@pytest.fixture
async def driver(server: LoopbackGateway, tmp_path: Path) -> AsyncIterator[Driver]:
    made = Driver(server, tmp_path)
    yield made
    await made.door.close()


@pytest.fixture
async def account(driver: Driver) -> Account:
    """Signed in."""
    await driver.account.sign_in(EMAIL, PASSWORD)
    return driver.account


async def test_an_account_begins_with_a_code(server: LoopbackGateway, driver: Driver) -> None:
    account = driver.account
    await account.register(EMAIL, PASSWORD, "Driver")
    await account.resend(EMAIL)
    await account.verify(EMAIL, MAILED_CODE)
    server.trouble["POST /auth/verify"] += [refuses(400, "invalid_code", title="The code is wrong.")]
    with pytest.raises(GatewayRefused, match="The code is wrong"):
        await account.verify(EMAIL, "00000000")
    assert isinstance(await account.sign_in(EMAIL, PASSWORD), User)
    assert driver.told == ["in"]


async def test_a_forgotten_password_is_chosen_anew_with_a_mailed_code(driver: Driver) -> None:
    account = driver.account
    await account.forgot_password(EMAIL)
    with pytest.raises(GatewayRefused, match="The code is wrong"):
        await account.reset_password(EMAIL, "00000000", NEW)
    with pytest.raises(GatewayRefused) as refused:
        await account.reset_password(EMAIL, MAILED_CODE, "password1234!")
    assert [(error.field, error.message) for error in refused.value.errors] == [("new_password", WEAK)]
    await account.reset_password(EMAIL, MAILED_CODE, NEW)
    await account.sign_in(EMAIL, NEW)
    assert driver.stage is Stage.SIGNED_IN


async def test_a_changed_password_leaves_this_computer_signed_in_alone(
    server: LoopbackGateway, account: Account
) -> None:
    server.accounts.sign_in_elsewhere()
    with pytest.raises(GatewayRefused, match="not right"):
        await account.change_password("not the password", NEW)
    await account.change_password(PASSWORD, NEW)
    (here,) = await account.sign_ins()
    assert here.is_current
    assert server.asked["POST /auth/refresh"] == 0, "a wrong password is not a token that ran out"


async def test_a_sign_in_elsewhere_is_seen_and_ended(server: LoopbackGateway, account: Account) -> None:
    elsewhere = server.accounts.sign_in_elsewhere()
    assert {each.id: each.is_current for each in await account.sign_ins()} == {UUID(int=0): True, elsewhere: False}
    await account.end_sign_in(elsewhere)
    assert [each.id for each in await account.sign_ins()] == [UUID(int=0)]
    with pytest.raises(GatewayRefused) as refused:
        await account.end_sign_in(elsewhere)
    assert refused.value.status == 404


async def test_signing_out_everywhere_ends_this_sign_in_too(
    server: LoopbackGateway, account: Account, driver: Driver
) -> None:
    server.accounts.sign_in_elsewhere()
    await account.sign_out_everywhere()
    assert server.accounts.ended == {0, 1}
    assert (driver.stage, account.state.problem, driver.told) == (Stage.SIGNED_OUT, None, ["in", "out"])
    with pytest.raises(NotSignedIn):
        await account.sign_ins()


async def test_signing_out_everywhere_is_done_though_its_answer_was_lost(
    server: LoopbackGateway, account: Account, driver: Driver
) -> None:
    server.trouble["POST /auth/logout/all"] += [loses_the_answer]
    await account.sign_out_everywhere()
    assert (driver.stage, account.state.problem) == (Stage.SIGNED_OUT, None)


async def test_without_the_gateway_nothing_ends_everywhere_but_here_it_does(
    server: LoopbackGateway, account: Account, driver: Driver
) -> None:
    await server.stop()
    with pytest.raises(GatewayUnreachable):
        await account.sign_out_everywhere()
    assert driver.stage is Stage.SIGNED_IN
    await account.sign_out()
    assert (driver.stage, driver.told) == (Stage.SIGNED_OUT, ["in", "out"])


async def test_a_second_factor_begins_with_a_confirmed_code_and_ends_with_a_proof(
    server: LoopbackGateway, account: Account
) -> None:
    assert not (await account.second_factor()).totp
    enrolment = await account.begin_second_factor()
    assert (enrolment.secret, SECRET in enrolment.uri) == (SECRET, True)
    with pytest.raises(GatewayRefused, match="not the code that the app shows"):
        await account.confirm_second_factor("000000")
    codes = await account.confirm_second_factor(APP_CODE)
    state = await account.second_factor()
    assert (state.totp, state.recovery_codes_left, len(set(codes))) == (True, 10, 10)
    assert not set(await account.new_recovery_codes(PASSWORD, APP_CODE)) & set(codes)
    with pytest.raises(GatewayRefused, match="needed"):
        await account.end_second_factor(PASSWORD)
    await account.end_second_factor(PASSWORD, APP_CODE)
    assert not (await account.second_factor()).totp
    assert server.asked["POST /auth/refresh"] == 0


async def test_what_needs_a_recent_proof_goes_on_after_it(server: LoopbackGateway, account: Account) -> None:
    server.accounts.is_recent = False
    with pytest.raises(GatewayRefused) as refused:
        await account.begin_second_factor()
    assert refused.value.code == "reauthentication_required"
    with pytest.raises(GatewayRefused, match="not right"):
        await account.reauthenticate("not the password")
    await account.reauthenticate(PASSWORD)
    await account.begin_second_factor()


async def test_an_access_token_that_ran_out_is_renewed_on_the_way(server: LoopbackGateway, account: Account) -> None:
    server.good_access.clear()
    assert len(await account.sign_ins()) == 1
    assert server.asked["POST /auth/refresh"] == 1
