"""Qt and asyncio on one loop, and a driver's account at a gateway on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import qasync
from loopback_gateway import EMAIL, PASSWORD, LoopbackGateway
from PyQt6.QtWidgets import QApplication
from shown_account import is_idle
from waiting import eventually

from desktop_client.account import Account
from desktop_client.gateway import Gateway
from desktop_client.session import Session
from desktop_client.vault import FileVault
from desktop_client.windows.account_page import AccountPage

Do = Callable[[Coroutine[Any, Any, object]], object]
Run = Callable[[Callable[[], object]], None]


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[qasync.QEventLoop]:
    qapp.setQuitOnLastWindowClosed(False)  # as the client has it
    made = qasync.QEventLoop(qapp, already_running=False)
    asyncio.set_event_loop(made)
    yield made
    made.close()
    asyncio.set_event_loop(None)


@pytest.fixture
def run(loop: qasync.QEventLoop) -> Run:
    """Let the loop of Qt and asyncio turn until something is so."""
    return lambda question: loop.run_until_complete(eventually(question, within=10.0))


@pytest.fixture
def do(loop: qasync.QEventLoop) -> Do:
    """Run a coroutine to its end."""
    return loop.run_until_complete


@pytest.fixture
def server(do: Do, tmp_path: Path) -> Iterator[LoopbackGateway]:
    made = LoopbackGateway(tmp_path)
    do(made.start())
    yield made
    do(made.stop())


@pytest.fixture
def driver(do: Do, server: LoopbackGateway, tmp_path: Path) -> Iterator[Account]:
    """An account at that gateway; nobody is signed in yet."""
    door = Gateway(server.address, server.authority, first_pause_s=0.001)
    yield Account(door, Session(door, FileVault(tmp_path / "secrets"), tmp_path / "lock"))
    do(door.close())


@pytest.fixture
def asked() -> list[str]:
    """How often the page asked for the window to sign in with."""
    return []


@pytest.fixture
def out(driver: Account, asked: list[str]) -> Iterator[AccountPage]:
    """In sight, while nobody is signed in."""
    made = AccountPage(driver, lambda: asked.append("sign in"))
    made.resize(760, 780)
    made.show()
    yield made
    made.stop()
    made.close()


@pytest.fixture
def page(out: AccountPage, driver: Account, server: LoopbackGateway, do: Do, run: Run) -> AccountPage:
    """In sight, with everything that it asks for; the driver is signed in on another computer, too."""
    server.accounts.sign_in_elsewhere()
    do(driver.sign_in(EMAIL, PASSWORD))
    run(lambda: len(out.sign_ins.rows) == 2 and out.second_factor.state.text())
    run(lambda: is_idle(out))
    return out
