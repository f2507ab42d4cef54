from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from loopback_accounts import APP_CODE
from loopback_gateway import (
    EMAIL,
    PASSWORD,
    LoopbackGateway,
    answers,
    hangs_up,
    loopback_gateway,
    loses_the_answer,
    refuses,
)

from desktop_client.gateway import Gateway, GatewayFailure, GatewayRefused, GatewayUnreachable
from desktop_client.session import DAMAGED, NotSignedIn, Session, Stage
from desktop_client.vault import FileVault

REFRESH = "POST /auth/refresh"
ME = "GET /license/status"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LoopbackGateway]:
    async with loopback_gateway(tmp_path) as opened:
        yield opened


@pytest.fixture
async def start(server: LoopbackGateway, tmp_path: Path) -> AsyncIterator[Callable[[], Session]]:
    """Start the client, once more with every call: the same vault, and nothing else remembered."""
    doors: list[Gateway] = []

    def begin() -> Session:
        doors.append(Gateway(server.address, server.authority, first_pause_s=0.001))
        return Session(doors[-1], FileVault(tmp_path / "secrets"), tmp_path / "lock")

    yield begin
    for door in doors:
        await door.close()


async def me(session: Session) -> None:
    async def ask(token: str) -> None:
        await session._gateway.call("GET", "/license/status", dict, token=token)

    await session.authorised(ask)


async def test_a_driver_signs_in_once_and_is_known_at_the_next_start(start: Callable[[], Session]) -> None:
    states: list[Stage] = []
    session = start()
    session.on_change(lambda state: states.append(state.stage))
    user = await session.sign_in(EMAIL, PASSWORD)
    assert states == [Stage.SIGNING_IN, Stage.SIGNED_IN]

    later = start()
    await later.restore()
    assert (later.state.stage, later.state.user) == (Stage.SIGNED_IN, user)
    await me(later)


async def test_a_wrong_password_is_the_gateways_sentence(start: Callable[[], Session]) -> None:
    session = start()
    with pytest.raises(GatewayRefused, match="password is not right"):
        await session.sign_in(EMAIL, "wrong")
    assert session.state.stage is Stage.SIGNED_OUT
    assert session.state.problem == "The address or the password is not right."


async def test_however_many_ask_one_refresh_is_made(server: LoopbackGateway, start: Callable[[], Session]) -> None:
    await start().sign_in(EMAIL, PASSWORD)
    session = start()
    tokens = await asyncio.gather(*(session.access_token() for _ in range(20)))
    assert len(set(tokens)) == 1
    assert server.asked[REFRESH] == 1


async def test_a_refresh_goes_on_when_its_asker_is_gone(server: LoopbackGateway, start: Callable[[], Session]) -> None:
    await start().sign_in(EMAIL, PASSWORD)
    session = start()
    impatient = asyncio.ensure_future(session.access_token())
    await asyncio.sleep(0)
    impatient.cancel()
    assert await session.access_token() in server.good_access
    assert server.asked[REFRESH] == 1


async def test_a_lost_answer_signs_nobody_out(server: LoopbackGateway, start: Callable[[], Session]) -> None:
    await start().sign_in(EMAIL, PASSWORD)
    server.trouble[REFRESH] += [loses_the_answer]
    session = start()
    await session.restore()
    assert session.state.stage is Stage.SIGNED_IN
    await me(session)


async def test_a_client_that_died_before_the_answer_came_goes_on(
    server: LoopbackGateway, start: Callable[[], Session]
) -> None:
    await start().sign_in(EMAIL, PASSWORD)
    server.trouble[REFRESH] += [loses_the_answer, *[hangs_up] * 8]
    with pytest.raises(GatewayUnreachable):
        await start().access_token()
    server.trouble[REFRESH].clear()
    later = start()
    await later.restore()
    assert later.state.stage is Stage.SIGNED_IN


async def test_the_new_token_is_kept_before_it_is_used(server: LoopbackGateway, start: Callable[[], Session]) -> None:
    await start().sign_in(EMAIL, PASSWORD)
    for _ in range(4):  # each start is the first use of the token that the one before kept
        await start().access_token()
    assert not server.revoked


async def test_a_token_that_is_refused_is_replaced_and_the_call_made_once_more(
    server: LoopbackGateway, start: Callable[[], Session]
) -> None:
    session = start()
    await session.sign_in(EMAIL, PASSWORD)
    server.good_access.clear()
    await me(session)
    assert (server.asked[REFRESH], server.asked[ME]) == (1, 2)

    server.trouble[ME] += [refuses(401, "unauthenticated")] * 2
    with pytest.raises(GatewayRefused):
        await me(session)
    assert server.asked[ME] == 4


@pytest.mark.parametrize(
    "trouble",
    [
        hangs_up,
        answers(b"<html>a hotel</html>", "text/html", 401),
        answers(b"{}"),
        refuses(503, "unavailable"),
        refuses(429, "too_many_requests"),
        refuses(401, "unauthenticated"),
        refuses(422, "invalid_request"),
    ],
)
async def test_whatever_goes_wrong_the_driver_stays_signed_in(
    server: LoopbackGateway, start: Callable[[], Session], trouble: object
) -> None:
    user = await start().sign_in(EMAIL, PASSWORD)
    server.trouble[REFRESH] += [trouble] * 9  # type: ignore[list-item]
    session = start()
    await session.restore()
    assert (session.state.stage, session.state.user) == (Stage.OFFLINE, user)
    assert session.state.problem
    server.trouble[REFRESH].clear()
    await me(session)
    assert (session.state.stage, session.state.problem) == (Stage.SIGNED_IN, None)


async def test_only_the_gateways_own_word_signs_out(server: LoopbackGateway, start: Callable[[], Session]) -> None:
    await start().sign_in(EMAIL, PASSWORD)
    server.revoked = True
    session = start()
    await session.restore()
    assert (session.state.stage, session.state.problem) == (Stage.SIGNED_OUT, "Sign in again.")
    with pytest.raises(NotSignedIn):
        await session.access_token()
    assert server.asked[REFRESH] == 1, "a token that is over is not tried again"


async def test_a_damaged_sign_in_is_a_sentence(tmp_path: Path, start: Callable[[], Session]) -> None:
    await start().sign_in(EMAIL, PASSWORD)
    (tmp_path / "secrets" / "sign_in.sealed").write_bytes(b"\x01 nonsense")
    session = start()
    await session.restore()
    assert (session.state.stage, session.state.problem) == (Stage.SIGNED_OUT, DAMAGED)
    await session.sign_in(EMAIL, PASSWORD)
    assert session.state.stage is Stage.SIGNED_IN


async def test_signing_out_needs_no_network(server: LoopbackGateway, start: Callable[[], Session]) -> None:
    session = start()
    await session.sign_in(EMAIL, PASSWORD)
    await server.stop()
    await session.sign_out()
    assert session.state.stage is Stage.SIGNED_OUT
    later = start()
    with pytest.raises(NotSignedIn):
        await later.access_token()


async def test_a_token_is_not_sent_to_another_gateway(
    server: LoopbackGateway, start: Callable[[], Session], tmp_path: Path
) -> None:
    await start().sign_in(EMAIL, PASSWORD)
    (tmp_path / "other").mkdir()
    async with loopback_gateway(tmp_path / "other") as other:
        door = Gateway(other.address, other.authority)
        session = Session(door, FileVault(tmp_path / "secrets"), tmp_path / "lock")
        await session.restore()
        assert session.state.stage is Stage.SIGNED_OUT
        assert other.asked == {}
        await door.close()


async def test_a_vault_that_cannot_keep_is_said_and_nothing_is_used(
    server: LoopbackGateway, start: Callable[[], Session], tmp_path: Path
) -> None:
    (tmp_path / "secrets").write_text("a file where the folder should be")
    session = start()
    with pytest.raises(GatewayFailure, match="cannot be"):
        await session.sign_in(EMAIL, PASSWORD)
    assert session.state.stage is Stage.SIGNED_OUT


PROGRAM = """
import asyncio, sys
from pathlib import Path
from desktop_client.gateway import Gateway
from desktop_client.session import Session
from desktop_client.vault import FileVault

async def main(address, folder):
    door = Gateway(address, folder / "ca.pem", first_pause_s=0.001)
    session = Session(door, FileVault(folder / "secrets"), folder / "lock")
    token = None
    for _ in range(15):
        token = await session.access_token(instead_of=token)
    await door.close()
    print(session.state.stage)

asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
"""


async def test_two_programs_refresh_at_once_and_neither_is_signed_out(
    server: LoopbackGateway, start: Callable[[], Session], tmp_path: Path
) -> None:
    await start().sign_in(EMAIL, PASSWORD)
    words = [sys.executable, "-c", PROGRAM, server.address, str(tmp_path)]
    programs = [
        await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        for _ in range(2)
    ]
    outputs = await asyncio.gather(*(program.communicate() for program in programs))
    assert [(out.decode().strip(), err.decode()) for out, err in outputs] == [("signed_in", "")] * 2
    assert server.asked[REFRESH] == 30
    assert not server.revoked


async def test_a_wrong_password_in_a_call_is_not_a_reason_to_refresh_and_try_again(
    server: LoopbackGateway, start: Callable[[], Session]
) -> None:
    session = start()
    await session.sign_in(EMAIL, PASSWORD)
    server.trouble[ME] += [refuses(401, "invalid_credentials", title="The password is not right.")]
    with pytest.raises(GatewayRefused, match="not right"):
        await me(session)
    assert (server.asked[REFRESH], server.asked[ME]) == (0, 1), "a guess is counted once"


async def test_the_second_factor_is_asked_for_and_signs_in(
    server: LoopbackGateway, start: Callable[[], Session]
) -> None:
    server.accounts.has_factor = True
    session = start()
    for factor, code in ((None, "second_factor_required"), ("000000", "invalid_second_factor")):
        with pytest.raises(GatewayRefused) as refused:
            await session.sign_in(EMAIL, PASSWORD, factor)
        assert (refused.value.code, session.state.stage) == (code, Stage.SIGNED_OUT)
    await session.sign_in(EMAIL, PASSWORD, APP_CODE)
    assert session.state.stage is Stage.SIGNED_IN
