from __future__ import annotations

import asyncio
import itertools
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from signed_leases import LeaseMaker

from desktop_client.files import exclusive
from desktop_client.kept_lease import SECRET, Busy, KeptLease
from desktop_client.vault import DamagedSecret, FileVault, VaultFailure

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CLOUD = LeaseMaker()
USER = UUID(int=7)


def a_lease(at: datetime = NOW, user: UUID = USER, key: str = "key"):
    return CLOUD.lease(user, key, at)


@pytest.fixture
def kept(tmp_path: Path) -> KeptLease:
    return KeptLease(FileVault(tmp_path), tmp_path / "lease.lock", CLOUD.keys)


async def test_what_is_kept_is_read_with_the_cloud_s_own_time(kept: KeptLease) -> None:
    assert await kept.read() is None
    await kept.keep(a_lease(), NOW + 99 * HOUR)
    found = await kept.read()
    assert found is not None
    assert (found.lease, found.newest) == (a_lease(), NOW)


async def test_the_newest_time_only_moves_on(kept: KeptLease) -> None:
    await kept.keep(a_lease(), NOW)
    for seen, newest in ((NOW + 2 * HOUR, 2), (NOW + HOUR, 2), (NOW - HOUR, 2), (NOW + 3 * HOUR, 3)):
        await kept.saw(seen)
        found = await kept.read()
        assert found is not None
        assert found.newest == NOW + newest * HOUR


async def test_a_clock_that_was_years_ahead_is_forgiven_by_a_fresh_lease(kept: KeptLease) -> None:
    await kept.keep(a_lease(), NOW)
    await kept.saw(datetime(2099, 1, 1, tzinfo=UTC))
    await kept.keep(a_lease(NOW + HOUR), NOW + HOUR)
    found = await kept.read()
    assert found is not None
    assert found.newest == NOW + HOUR


async def test_of_two_leases_the_newer_stays_whichever_is_written_last(kept: KeptLease) -> None:
    newer, older = a_lease(NOW + HOUR), a_lease(NOW)
    for first, second in itertools.permutations((newer, older)):
        await kept.drop()
        await kept.keep(first, NOW)
        await kept.keep(second, NOW)
        found = await kept.read()
        assert found is not None
        assert found.lease == newer


async def test_another_account_s_or_device_s_lease_takes_the_place_of_a_newer_one(kept: KeptLease) -> None:
    await kept.keep(a_lease(NOW + HOUR), NOW)
    for other in (a_lease(user=UUID(int=8)), a_lease(key="another")):
        await kept.keep(other, NOW)
        found = await kept.read()
        assert found is not None
        assert found.lease == other


async def test_a_forged_lease_of_the_future_does_not_keep_real_ones_out(tmp_path: Path, kept: KeptLease) -> None:
    forger = KeptLease(FileVault(tmp_path), tmp_path / "lease.lock", CLOUD.keys)
    await forger.keep(LeaseMaker().lease(USER, "key", NOW + 999 * HOUR), NOW)
    await kept.keep(a_lease(), NOW)
    found = await kept.read()
    assert found is not None
    assert found.lease == a_lease()


async def test_a_lease_whose_key_is_unknown_is_kept_with_this_computer_s_time(kept: KeptLease) -> None:
    stranger = LeaseMaker().lease(USER, "key", NOW)
    await kept.keep(stranger, NOW + HOUR)
    found = await kept.read()
    assert found is not None
    assert (found.lease, found.newest) == (stranger, NOW + HOUR)


@pytest.mark.parametrize("text", ["", "nonsense", "{}", '{"lease": 1}', '{"token": "a.b", "key_id": "k"}'])
async def test_a_record_of_another_form_is_damage_and_the_next_lease_heals_it(
    tmp_path: Path, kept: KeptLease, text: str
) -> None:
    FileVault(tmp_path).write(SECRET, text)
    with pytest.raises(DamagedSecret):
        await kept.read()
    await kept.saw(NOW)
    await kept.keep(a_lease(), NOW)
    assert await kept.read() is not None


async def test_any_byte_of_the_sealed_file_changed_is_damage(tmp_path: Path, kept: KeptLease) -> None:
    await kept.keep(a_lease(), NOW)
    file = tmp_path / "lease.sealed"
    sound = file.read_bytes()
    for at in range(len(sound)):
        file.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
        with pytest.raises(DamagedSecret):
            FileVault(tmp_path).read(SECRET)
    for length in range(0, len(sound), 7):
        file.write_bytes(sound[:length])
        with pytest.raises(DamagedSecret):
            FileVault(tmp_path).read(SECRET)


async def test_a_record_of_another_vault_is_damage(tmp_path: Path, kept: KeptLease) -> None:
    await kept.keep(a_lease(), NOW)
    other = KeptLease(FileVault(tmp_path / "other"), tmp_path / "other" / "lease.lock", CLOUD.keys)
    await other.keep(a_lease(), NOW)
    (tmp_path / "other" / "lease.sealed").write_bytes((tmp_path / "lease.sealed").read_bytes())
    with pytest.raises(DamagedSecret):
        await other.read()


async def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("where the folder should be")
    kept = KeptLease(FileVault(tmp_path / "file"), tmp_path / "file" / "lease.lock", CLOUD.keys)
    with pytest.raises(VaultFailure, match=r"lease\.lock"):
        await kept.keep(a_lease(), NOW)


async def test_a_lock_that_nobody_lets_go_is_said_and_what_is_kept_can_be_read(tmp_path: Path) -> None:
    kept = KeptLease(FileVault(tmp_path), tmp_path / "lease.lock", CLOUD.keys, lock_within_s=0.05)
    await kept.keep(a_lease(), NOW)
    async with exclusive(tmp_path / "lease.lock"):
        for use in (kept.saw(NOW), kept.keep(a_lease(), NOW), kept.drop()):
            with pytest.raises(Busy, match="Another RaceOverlay"):
                await use
        found = await kept.read()
    assert found is not None
    assert found.lease == a_lease()


PROGRAM = """
import asyncio, sys
from datetime import datetime, timedelta
from pathlib import Path
import msgspec
sys.path.insert(0, "tests/support")
from contracts.license import Lease
from desktop_client.kept_lease import KeptLease
from desktop_client.lease_keys import trusted
from desktop_client.vault import FileVault

folder, at = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
leases = msgspec.json.decode(sys.stdin.read(), type=list[Lease])

async def main():
    kept = KeptLease(FileVault(folder), folder / "lease.lock", trusted())
    for number, lease in enumerate(leases):
        await kept.keep(lease, at)
        await kept.saw(at + timedelta(hours=number))

asyncio.run(main())
"""


async def test_programs_that_write_at_once_leave_the_newest_lease_whole(tmp_path: Path, kept: KeptLease) -> None:

    leases = [a_lease(NOW + number * HOUR) for number in range(40)]
    running = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PROGRAM, str(tmp_path), NOW.isoformat()),
            env={"RACEOVERLAY_LEASE_KEYS": CLOUD.public, "PYTHONPATH": str(Path.cwd())},
            stdin=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(4)
    ]
    shares = [leases[at::4] for at in range(4)]
    ended = await asyncio.gather(
        *(each.communicate(msgspec.json.encode(share)) for each, share in zip(running, shares, strict=True))
    )
    assert [each.returncode for each in running] == [0] * 4, ended
    found = await kept.read()
    assert found is not None
    assert found.lease == leases[-1]
