"""What a fresh cloud starts with: a demo account, made as any driver makes one, and a first release."""

import asyncio
import email
import email.policy
import re
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from devstack import secrets
from devstack.child import Child
from devstack.refusal import Refusal

DEMO_EMAIL = "demo@raceoverlay.example"
_CODE = re.compile(r"^\s*(\d{8})\s*$", re.MULTILINE)
_MAIL_WITHIN_S = 20.0


class SeedFailed(Refusal):
    """The demo account could not be made; the message is the answer that was not expected."""


@dataclass(frozen=True)
class Account:
    email: str
    password: str


async def demo_account(folder: Path, gateway: str, authority: Path, mail_dir: Path) -> Account:
    """The demo account, able to sign in. SeedFailed when the gateway answers otherwise than it promises."""
    account = Account(DEMO_EMAIL, secrets.password(folder, "demo"))
    async with _browser(gateway, authority) as http:
        credentials = {"email": account.email, "password": account.password}
        if await _post(http, "/auth/login", credentials, 200, 401, 403) != 200:
            await _open(http, account, mail_dir, display_name="Demo Driver")
    return account


async def open_account(account: Account, gateway: str, authority: Path, mail_dir: Path) -> None:
    """Make an account that is not there yet. SeedFailed as above."""
    async with _browser(gateway, authority) as http:
        await _open(http, account, mail_dir)


async def release(folder: Path, environment: Mapping[str, str]) -> None:
    """Publishes version 0.1.0 unless it is already there. ChildFailed, with the command's words, if it cannot be."""
    command = [
        *(sys.executable, "-m", "services.versions", "publish", "0.1.0", "--channel", "stable"),
        *("--notes", "The first version: live overlays on a simulated race."),
    ]
    child = Child("publish", folder, command, environment)
    child.spawn()
    try:
        if code := await child.wait():
            raise child.failed(f"ended with exit code {code}")
    finally:
        child.kill()


def _browser(gateway: str, authority: Path) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=authority))
    return aiohttp.ClientSession(gateway, connector=connector, timeout=aiohttp.ClientTimeout(total=30))


async def _open(http: aiohttp.ClientSession, account: Account, mail_dir: Path, **more: str) -> None:
    earlier = _messages(mail_dir)
    await _post(http, "/auth/register", {"email": account.email, "password": account.password, **more}, 202)
    code = await _code_sent_to(account.email, mail_dir, earlier)
    await _post(http, "/auth/verify", {"email": account.email, "code": code}, 204)


async def _post(http: aiohttp.ClientSession, path: str, body: dict[str, str], *expected: int) -> int:
    async with http.post(path, json=body) as answer:
        if answer.status not in expected:
            raise SeedFailed(f"POST {path} answered {answer.status}: {(await answer.text())[:300]}")
        return answer.status


async def _code_sent_to(address: str, mail_dir: Path, earlier: set[Path]) -> str:
    try:
        async with asyncio.timeout(_MAIL_WITHIN_S):
            while True:
                for file in sorted(_messages(mail_dir) - earlier, reverse=True):
                    if code := _code_in(file, address):
                        return code
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise SeedFailed(f"no mail with a code for {address} came into {mail_dir}") from None


def _messages(mail_dir: Path) -> set[Path]:
    return set(mail_dir.glob("*.eml"))


def _code_in(file: Path, address: str) -> str | None:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    text = message.get_body(("plain",))
    found = _CODE.search(text.get_content()) if text and address in str(message["To"]) else None
    return found[1] if found else None
