"""The stand-in's process: it answers until it is asked to stop, and goes on with its state the next time."""

import asyncio
import signal
from pathlib import Path

from aiohttp import web

from devstack import ports
from devstack.stripe import app, events, seed
from devstack.stripe.account import Account
from devstack.stripe.engine import Engine


async def serve(
    port: int, file: Path, key: str, *, endpoint: str | None = None, secret: str = "", plans: bool = False
) -> None:
    """Serves on 127.0.0.1 until SIGTERM or SIGINT. `endpoint` hears of all events, signed with `secret`."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    engine = Engine(file, f"http://{ports.HOST}:{port}", key)
    with engine.account.books.transaction():
        if plans:
            seed.plans(engine.account)
        if endpoint:
            ensure_endpoint(engine.account, endpoint, secret)
    runner = web.AppRunner(app.make(engine), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, ports.HOST, port).start()
    await stopping.wait()
    await runner.cleanup()


def ensure_endpoint(account: Account, url: str, secret: str) -> None:
    """One endpoint of the laptop's own, at `url` from now on; those that were made over the API stay."""
    for endpoint in account.books.all("webhook_endpoint"):
        if endpoint.get("_ours"):
            account.change(endpoint, None, url=url, _secret=secret)
            return
    endpoint = events.keep_endpoint(account, url, ["*"], secret)
    account.change(endpoint, None, _ours=True)
