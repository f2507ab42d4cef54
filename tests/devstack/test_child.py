import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from devstack import child as children
from devstack.child import Child, ChildFailed
from devstack.environment import clean

STUBBORN = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", sys.argv[1]])
print("up", flush=True)
signal.pause()
"""


def python(folder: Path, code: str, *arguments: str, name: str = "worker", **environment: str) -> Child:
    return Child(name, folder, [sys.executable, "-c", code, *arguments], clean(**environment))


async def said(child: Child, word: str) -> None:
    async def there() -> None:
        if word not in child.log.read_text():
            raise ValueError(word)

    await child.ready(there)


async def test_what_a_child_writes_is_in_its_log_and_nobody_else_may_read_it(folder: Path):
    child = python(folder, "import sys; print('out'); print('err', file=sys.stderr)")
    child.spawn()
    assert await child.wait() == 0
    assert set(child.log.read_text().split()) == {"out", "err"}
    assert child.log.stat().st_mode & 0o077 == 0


async def test_a_child_that_ends_while_it_should_get_ready_fails_with_its_exit_code_and_last_words(folder: Path):
    async def never() -> None:
        raise ConnectionRefusedError

    child = python(folder, "import sys; print('no database there'); sys.exit(3)")
    child.spawn()
    with pytest.raises(ChildFailed, match=r"(?s)worker ended with exit code 3.*no database there"):
        await child.ready(never)


async def test_a_child_that_never_answers_fails_with_the_last_error(folder: Path):
    async def never() -> None:
        raise ConnectionRefusedError("port closed")

    child = python(folder, "import signal; signal.pause()")
    child.spawn()
    with pytest.raises(ChildFailed, match=r"not ready after 0 s .*port closed"):
        await child.ready(never, within=0)
    child.kill()


async def test_a_child_that_ignores_the_signal_is_ended_with_its_own_children(folder: Path, running):
    child = python(folder, STUBBORN, str(folder))
    child.spawn()
    await said(child, "up")
    assert len(running()) == 2
    await child.stop(within=0.1)
    psutil.wait_procs(running(), timeout=5)
    assert running() == []


async def test_a_child_gets_nothing_of_the_callers_environment_that_it_was_not_given(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the caller's")
    child = python(folder, "import os; print(sorted(os.environ))", PORT="1")
    child.spawn()
    await child.wait()
    assert "AWS_SECRET_ACCESS_KEY" not in child.log.read_text()
    assert "'PORT'" in child.log.read_text()


async def test_a_child_has_its_own_session_so_that_ctrl_c_in_the_terminal_does_not_reach_it(folder: Path):
    child = python(folder, "import os; print('session', os.getsid(0) == os.getpid())")
    child.spawn()
    await child.wait()
    assert child.log.read_text().strip() == "session True"


async def test_all_children_can_be_ended_at_once(folder: Path, running, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(children, "_spawned", set())  # the servers that other tests share are children of ours too
    for name in ("one", "two"):
        child = python(folder, "import signal; print('up', flush=True); signal.pause()", name=name)
        child.spawn()
        await said(child, "up")
    assert len(running()) == 2
    children.kill_all()
    assert running() == []


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends orphans only on Linux")
def test_a_supervisor_that_is_killed_outright_takes_its_children_with_it(folder: Path, running):
    script = (
        "import sys, signal; from pathlib import Path; from devstack.child import Child;"
        " from devstack.environment import clean;"
        " Child('worker', Path(sys.argv[1]), [sys.executable, '-c', 'import signal; signal.pause()'], clean()).spawn();"
        " print('up', flush=True); signal.pause()"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}
    )
    assert supervisor.stdout
    with supervisor.stdout:
        assert supervisor.stdout.readline() == b"up\n"
        family = psutil.Process(supervisor.pid).children()
        assert len(family) == 1
        supervisor.send_signal(signal.SIGKILL)
        supervisor.wait()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
    assert running() == []


async def test_a_log_does_not_grow_without_end(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(children, "_ROTATE_AT", 10)
    for text in ("the first run", "the second run"):
        child = python(folder, f"print({text!r})")
        child.spawn()
        await child.wait()
        child.kill()
    assert (folder / "logs" / "worker.log").read_text() == "the second run\n"
    assert (folder / "logs" / "worker.log.1").read_text() == "the first run\n"
