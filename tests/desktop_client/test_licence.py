"""The licence on a client, against a real HTTPS server, and without one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loopback_answers import refuses
from loopback_gateway import EMAIL, PASSWORD, LoopbackGateway, loopback_gateway
from waiting import eventually

from desktop_client.device import load_device
from desktop_client.gateway import Gateway, GatewayFailure
from desktop_client.kept_lease import SECRET
from desktop_client.lease import Keys
from desktop_client.licence import Action, Licence, LicenceState, Source
from desktop_client.session import Session, Stage
from desktop_client.vault import FileVault, VaultFailure

DAY = timedelta(days=1)
PRO = ("widgets", "history")
FREE = ("widgets",)


@dataclass
class Wrist:
    """A clock that is `ahead` of the real one."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Rig:
    """A computer: what it keeps, its clock, and the programs that were started on it."""

    server: LoopbackGateway
    folder: Path
    wrist: Wrist = field(default_factory=Wrist)
    keys: Keys | None = None
    _running: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    @property
    def vault(self) -> FileVault:
        return FileVault(self.folder / "secrets")

    async def start(self, vault: FileVault | None = None) -> Program:
        """A fresh program on this computer, with whatever it keeps."""
        gateway = Gateway(self.server.address, self.server.authority, first_pause_s=0.01)
        kept = vault or self.vault
        session = Session(gateway, kept, self.folder / "sign_in.lock")
        keys = self.server.leases.maker.keys if self.keys is None else self.keys
        lock = self.folder / "lease.lock"
        licence = Licence(gateway, session, kept, lock, keys=keys, clock=self.wrist.now, first_pause_s=0.02)
        program = Program(gateway, session, licence)
        self._running.push_async_callback(program.stop)
        return program

    async def signed_in(self) -> Program:
        program = await self.start()
        await program.session.sign_in(EMAIL, PASSWORD)
        await program.licence.refresh()
        return program

    async def offline(self) -> Program:
        """A program that was started after the network went, and has gone by the lease."""
        await self.server.stop()
        program = await self.start()
        await program.session.restore()
        await program.licence.restore()
        return program

    async def close(self) -> None:
        await self._running.aclose()


@dataclass
class Program:
    gateway: Gateway
    session: Session
    licence: Licence

    @property
    def state(self) -> LicenceState:
        return self.licence.state

    async def stop(self) -> None:
        await self.session.close()
        await self.gateway.close()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LoopbackGateway]:
    async with loopback_gateway(tmp_path) as opened:
        opened.plans.changes = {"plan": "pro", "entitlements": PRO}
        yield opened


@pytest.fixture
async def rig(server: LoopbackGateway, tmp_path: Path) -> AsyncIterator[Rig]:
    opened = Rig(server, tmp_path / "client")
    yield opened
    await opened.close()


@pytest.fixture
def started(rig: Rig) -> Iterator[Callable[[Program], asyncio.Task[None]]]:
    """Has a program watch its licence, as it does while it runs."""
    watching: list[asyncio.Task[None]] = []

    def watch(program: Program) -> asyncio.Task[None]:
        watching.append(asyncio.ensure_future(program.licence.watch()))
        return watching[-1]

    yield watch
    for task in watching:
        task.cancel()


def asked(rig: Rig, call: str) -> int:
    return rig.server.asked[f"POST /license/{call}"]


async def test_a_device_takes_its_seat_once_and_proves_its_key(rig: Rig) -> None:
    program = await rig.signed_in()
    assert (program.state.plan, program.state.entitlements, program.state.source) == ("pro", PRO, Source.GATEWAY)
    assert program.state.status is not None
    for _ in range(3):
        await program.licence.refresh()
    assert (asked(rig, "activate"), asked(rig, "lease"), rig.server.leases.proofs) == (1, 0, 1)
    assert rig.server.leases.accepted == (rig.server.leases.maker.key_id,)


async def test_without_a_network_the_plan_goes_on_at_once_after_a_restart(rig: Rig) -> None:
    await rig.signed_in()
    program = await rig.offline()
    assert program.session.state.stage is Stage.OFFLINE
    state = program.state
    assert (state.plan, state.entitlements, state.source, state.problem) == ("pro", PRO, Source.LEASE, None)
    assert (state.days_left, state.notice, state.action) == (7, None, Action.NOTHING)


async def test_the_state_is_there_before_the_network_has_answered(
    rig: Rig, started: Callable[[Program], asyncio.Task[None]]
) -> None:
    await rig.signed_in()
    rig.server.trouble["POST /auth/refresh"].append(rig.server.hangs)
    program = await rig.start()
    started(program)
    restoring = asyncio.ensure_future(program.session.restore())
    await eventually(lambda: program.state.plan == "pro")
    assert (program.state.source, restoring.done()) == (Source.LEASE, False)
    restoring.cancel()


@pytest.mark.parametrize(
    ("ahead", "days", "notice"),
    [(4.5 * DAY, 3, None), (5.1 * DAY, 2, "2 more days"), (6.5 * DAY, 1, "one more day")],
)
async def test_the_days_that_are_left_are_a_quiet_line(rig: Rig, ahead: timedelta, days: int, notice: str | None):
    await rig.signed_in()
    rig.wrist.ahead = ahead
    state = (await rig.offline()).state
    assert (state.plan, state.problem, state.days_left) == ("pro", None, days)
    assert (state.notice is None) if notice is None else (notice in (state.notice or ""))


async def test_after_the_last_day_the_free_plan_goes_on(rig: Rig) -> None:
    await rig.signed_in()
    rig.wrist.ahead = 7.1 * DAY
    state = (await rig.offline()).state
    assert (state.plan, state.entitlements, state.code) == (None, FREE, "lease_expired")
    assert "until there is a network" in (state.problem or "")


async def test_a_clock_that_is_set_back_after_the_end_revives_nothing(rig: Rig) -> None:
    await rig.signed_in()
    rig.wrist.ahead = 8 * DAY
    await rig.offline()
    rig.wrist.ahead = DAY
    again = await rig.start()
    await again.session.restore()
    await again.licence.restore()
    assert (again.state.plan, again.state.code, again.state.action) == (None, "clock_set_back", Action.SET_CLOCK)
    assert "7 days behind" in (again.state.problem or "")
    rig.wrist.ahead = timedelta()
    await rig.server.start()
    await again.licence.refresh()
    assert again.state.plan == "pro", "with a network no clock matters"


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda file: file.unlink(), "lease_missing"),
        (lambda file: file.write_bytes(b""), "lease_damaged"),
        (lambda file: file.write_bytes(file.read_bytes()[:50]), "lease_damaged"),
        (lambda file: file.write_bytes(file.read_bytes()[:-1] + b"x"), "lease_damaged"),
        (lambda file: (file.parent / "device_key.sealed").unlink(), "lease_of_another_device"),
    ],
)
async def test_what_is_damaged_is_a_reason_offline_and_nothing_online(
    rig: Rig, damage: Callable[[Path], object], code: str
) -> None:
    await rig.signed_in()
    rig.server.leases.seats = 5
    damage(rig.folder / "secrets" / "lease.sealed")
    program = await rig.offline()
    assert (program.state.plan, program.state.entitlements, program.state.code) == (None, FREE, code)
    assert program.state.problem
    await rig.server.start()
    await program.licence.refresh()
    assert (program.state.plan, program.state.problem) == ("pro", None)


async def test_a_record_copied_from_another_computer_is_worth_nothing(rig: Rig, server: LoopbackGateway) -> None:
    await rig.signed_in()
    thief = Rig(server, rig.folder.with_name("thief"))
    load_device(thief.vault)
    thief.vault.write(SECRET, rig.vault.read(SECRET) or "")
    thief.vault.write("sign_in", rig.vault.read("sign_in") or "")
    state = (await thief.offline()).state
    assert (state.plan, state.code) == (None, "lease_of_another_device")
    await thief.close()


async def test_a_whole_copied_disk_is_another_computer(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [("machine", "m1"), ("product", "p1"), ("disk", "d1"), ("network", "n1")]
    monkeypatch.setattr("desktop_client.device._parts", lambda: tuple(parts))
    await rig.signed_in()
    parts[0] = ("machine", "m2")
    assert (await rig.offline()).state.plan == "pro", "one part is new"
    parts[1:] = [("product", "p2"), ("disk", "d2"), ("network", "n2")]
    program = await rig.start()
    await program.session.restore()
    await program.licence.restore()
    assert (program.state.plan, program.state.code) == (None, "lease_of_another_device")


async def test_a_computer_with_a_copied_key_becomes_a_device_of_its_own(rig: Rig) -> None:
    before = load_device(rig.vault)
    rig.server.leases.cloned.add(before.public_key)
    program = await rig.signed_in()
    after = load_device(rig.vault)
    assert (program.state.plan, after.id != before.id) == ("pro", True)
    assert list(rig.server.devices) == [after.id]


async def test_a_lease_is_renewed_long_before_its_end_and_not_before(rig: Rig) -> None:
    program = await rig.signed_in()
    rig.wrist.ahead = 2 * DAY
    await program.licence.refresh()
    assert asked(rig, "lease") == 0
    rig.wrist.ahead = 2.4 * DAY
    await program.licence.refresh()
    assert (asked(rig, "activate"), asked(rig, "lease"), program.state.plan) == (1, 1, "pro")


async def test_a_changed_licence_brings_a_fresh_lease(
    rig: Rig, started: Callable[[Program], asyncio.Task[None]]
) -> None:
    program = await rig.signed_in()
    started(program)
    rig.server.plans.changes = {"plan": "free", "entitlements": FREE}
    rig.server.leases.plan, rig.server.leases.entitlements = "free", FREE
    program.licence.wake()
    await eventually(lambda: program.state.plan == "free")
    assert asked(rig, "lease") == 1
    assert (await rig.offline()).state.entitlements == FREE


async def test_a_seat_that_was_taken_away_is_not_taken_back_by_itself(
    rig: Rig, started: Callable[[Program], asyncio.Task[None]]
) -> None:
    program = await rig.signed_in()
    started(program)
    rig.server.devices.clear()
    program.licence.wake()
    await eventually(lambda: program.state.code == "device_not_activated")
    assert (program.state.action, asked(rig, "activate")) == (Action.ACTIVATE, 1)
    assert rig.vault.read(SECRET) is None
    await program.licence.refresh()
    assert asked(rig, "activate") == 1
    await program.licence.activate()
    assert (program.state.plan, asked(rig, "activate")) == ("pro", 2)


async def test_a_session_that_is_driven_keeps_what_it_had_until_it_ends(rig: Rig) -> None:
    program = await rig.signed_in()
    program.licence.drive(("f1", "race"))
    rig.server.plans.changes = {"valid": False, "code": "suspended_unpaid", "entitlements": FREE}
    await program.licence.refresh()
    program.licence.drive(("f1", "race"))
    assert (program.state.plan, program.state.entitlements, program.state.problem) == ("pro", PRO, None)
    program.licence.drive(("f1", "the next one"))
    assert (program.state.plan, program.state.entitlements, program.state.action) == (None, FREE, Action.PAY)


async def test_a_lease_that_ends_in_a_race_lasts_for_that_race(
    rig: Rig, started: Callable[[Program], asyncio.Task[None]]
) -> None:
    await rig.signed_in()
    program = await rig.offline()
    started(program)
    program.licence.drive(("f1", "race"))
    rig.wrist.ahead = 7.1 * DAY
    await program.licence.restore()
    assert (program.state.plan, program.state.code) == ("pro", "valid")
    assert "until this session is over" in (program.state.notice or "")
    program.licence.drive(("f1", "the next one"))
    await eventually(lambda: program.state.code == "lease_expired")
    assert program.state.entitlements == FREE


async def test_what_the_gateway_said_holds_where_the_lease_cannot_be_checked(rig: Rig) -> None:
    rig.keys = {}
    program = await rig.signed_in()
    assert program.state.plan == "pro"
    await rig.server.stop()
    with pytest.raises(GatewayFailure):
        await program.licence.refresh()
    assert program.state.plan == "pro", "it said so itself, not long ago"
    rig.wrist.ahead = 8 * DAY
    with pytest.raises(GatewayFailure):
        await program.licence.refresh()
    assert (program.state.plan, program.state.code) == (None, "lease_key_unknown")


class LockedVault(FileVault):
    """A keyring whose owner does not unlock it, for what `names` it."""

    name = SECRET

    def read(self, name: str) -> str | None:
        self._refuse(name)
        return super().read(name)

    def write(self, name: str, secret: str) -> None:
        self._refuse(name)
        super().write(name, secret)

    def _refuse(self, name: str) -> None:
        if name == self.name:
            raise VaultFailure("The system's keyring could not write it (KeyringLocked).")


async def test_a_keyring_that_keeps_no_lease_is_said_quietly(rig: Rig) -> None:
    program = await rig.start(LockedVault(rig.folder / "secrets"))
    await program.session.sign_in(EMAIL, PASSWORD)
    await program.licence.refresh()
    assert (program.state.plan, program.state.problem) == ("pro", None)
    assert "will not hold on this computer. The system's keyring" in (program.state.notice or "")
    await program.licence.refresh()
    assert asked(rig, "lease") == 0, "another lease would be kept no better"


async def test_a_keyring_that_fails_is_the_reason_offline(rig: Rig) -> None:
    await rig.signed_in()
    await rig.server.stop()
    program = await rig.start(LockedVault(rig.folder / "secrets"))
    await program.session.restore()
    await program.licence.restore()
    assert program.state.code == "lease_damaged"
    assert "KeyringLocked" in (program.state.problem or "")


async def test_two_programs_that_renew_at_once_both_have_a_lease(rig: Rig) -> None:
    first = await rig.signed_in()
    second = await rig.start()
    await second.session.restore()
    first.licence.wake()
    second.licence.wake()
    await asyncio.gather(first.licence.refresh(), second.licence.refresh())
    assert (first.state.plan, second.state.plan) == ("pro", "pro")
    assert (await rig.offline()).state.plan == "pro"


async def test_a_refusal_that_says_nothing_of_the_licence_changes_nothing(rig: Rig) -> None:
    program = await rig.signed_in()
    rig.server.trouble["GET /license/status"].extend([refuses(500, "internal_error")] * 3)
    with pytest.raises(GatewayFailure):
        await program.licence.refresh()
    assert (program.state.plan, program.state.source) == ("pro", Source.LEASE)
    await program.licence.refresh()
    assert program.state.source is Source.GATEWAY


async def test_another_account_on_this_computer_has_a_lease_of_its_own(rig: Rig) -> None:
    program = await rig.signed_in()
    await program.session.sign_out()
    program.licence.forget()
    assert program.state == LicenceState()
    await program.session.sign_in(EMAIL, PASSWORD)
    await program.licence.refresh()
    assert asked(rig, "activate") == 2
    assert program.state.plan == "pro"
