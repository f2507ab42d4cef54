import ssl
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiohttp import web

from devstack import authority, seed
from devstack.ports import HOST


class Gateway:
    """As much of the gateway as registering a driver takes; its mail lands in `mail_dir`."""

    def __init__(self, mail_dir: Path) -> None:
        self.mail_dir = mail_dir
        self.registered: dict[str, str] = {}
        self.verified: set[str] = set()
        self.address = ""
        self.out_of_order = False
        mail_dir.mkdir()
        self.post("Somebody Else <other@raceoverlay.example>", "11111111")

    def post(self, to: str, code: str) -> None:
        message = EmailMessage()
        message["To"] = to
        message.set_content(f"Welcome!\r\n\r\n    {code}\r\n\r\nThe code is valid for 15 minutes. Ref 1234567890.\r\n")
        (self.mail_dir / f"{len(list(self.mail_dir.iterdir())):06}.eml").write_bytes(message.as_bytes())

    async def login(self, request: web.Request) -> web.Response:
        if self.out_of_order:
            return web.Response(status=503, text="out of order")
        body = await request.json()
        right = self.registered.get(body["email"]) == body["password"] and body["email"] in self.verified
        return web.json_response({}, status=200 if right else 401)

    async def register(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.registered[body["email"]] = body["password"]
        self.post(body["email"], "87654321")
        self.post("other@raceoverlay.example", "22222222")
        return web.json_response({}, status=202)

    async def verify(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["code"] != "87654321":
            return web.json_response({"code": "invalid_code"}, status=400)
        self.verified.add(body["email"])
        return web.Response(status=204)


@pytest.fixture
async def gateway(folder: Path) -> AsyncIterator[Gateway]:
    gateway = Gateway(folder / "mail")
    app = web.Application()
    app.router.add_post("/auth/login", gateway.login)
    app.router.add_post("/auth/register", gateway.register)
    app.router.add_post("/auth/verify", gateway.verify)
    runner = web.AppRunner(app)
    await runner.setup()
    files = authority.certificates(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.key)
    await web.TCPSite(runner, HOST, 0, ssl_context=context).start()
    gateway.address = f"https://{HOST}:{runner.addresses[0][1]}"
    yield gateway
    await runner.cleanup()


async def demo(folder: Path, gateway: Gateway) -> seed.Account:
    return await seed.demo_account(folder, gateway.address, folder / "ca.pem", gateway.mail_dir)


async def test_the_demo_account_is_made_as_a_driver_makes_one_and_only_once(folder: Path, gateway: Gateway):
    account = await demo(folder, gateway)
    assert gateway.verified == {account.email}
    mails = len(list(gateway.mail_dir.iterdir()))
    assert await demo(folder, gateway) == account
    assert len(list(gateway.mail_dir.iterdir())) == mails


async def test_a_start_that_was_interrupted_before_the_code_was_used_begins_again(folder: Path, gateway: Gateway):
    account = await demo(folder, gateway)
    gateway.verified.clear()
    await demo(folder, gateway)
    assert gateway.verified == {account.email}


async def test_a_mail_that_never_comes_is_named(folder: Path, gateway: Gateway, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gateway, "post", lambda to, code: None)
    monkeypatch.setattr(seed, "_MAIL_WITHIN_S", 0.05)
    with pytest.raises(seed.SeedFailed, match="no mail with a code for demo@"):
        await demo(folder, gateway)


async def test_an_answer_that_was_not_promised_is_shown(folder: Path, gateway: Gateway):
    gateway.out_of_order = True
    with pytest.raises(seed.SeedFailed, match="POST /auth/login answered 503: out of order"):
        await demo(folder, gateway)
