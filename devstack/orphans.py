"""Processes of an earlier run that outlived their supervisor: found by what was written down, then ended.

Each child is recorded in `<folder>/run/<name>.json` as a pid *and* the moment that pid was started, so that a
number which the system has meanwhile given to somebody else is never touched.
"""

import json
import signal
from contextlib import suppress
from pathlib import Path

import psutil

from devstack.files import write_atomically

_GRACE_S = 5.0


def record(folder: Path, name: str, pid: int, stop_signal: signal.Signals) -> None:
    """Writes down that `pid` is our `name`, and how to stop it if nobody else will."""
    note = {"pid": pid, "started": _identity(pid), "stop_signal": int(stop_signal)}
    write_atomically(_note(folder, name), json.dumps(note))


def forget(folder: Path, name: str) -> None:
    """Crosses `name` out: it has ended."""
    _note(folder, name).unlink(missing_ok=True)


def recorded(folder: Path) -> list[str]:
    """The names that were written down and not crossed out."""
    return sorted(file.stem for file in (folder / "run").glob("*.json"))


def end(folder: Path, name: str) -> bool:
    """Ends what is left of `name` and its descendants; blocks for 5 s at most. Whether there was anything."""
    try:
        note = json.loads(_note(folder, name).read_text())
        process = psutil.Process(note["pid"])
        ours = note["started"] == _identity(note["pid"]) and process.is_running()
        family = [process, *process.children(recursive=True)] if ours else []
    except (FileNotFoundError, psutil.NoSuchProcess):
        family = []
    if family:
        with suppress(psutil.NoSuchProcess):
            family[0].send_signal(note["stop_signal"])
        for survivor in psutil.wait_procs(family, timeout=_GRACE_S)[1]:
            with suppress(psutil.NoSuchProcess):
                survivor.kill()
        psutil.wait_procs(family, timeout=_GRACE_S)
    forget(folder, name)
    return bool(family)


def _note(folder: Path, name: str) -> Path:
    return folder / "run" / f"{name}.json"


def _identity(pid: int) -> str | None:
    """What no two processes share. None once the process is gone."""
    try:
        # Ticks since this boot: a wall clock that is set meanwhile does not change them, unlike psutil's answer.
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return boot + ":" + Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return None
    with suppress(psutil.NoSuchProcess):
        return str(psutil.Process(pid).create_time())
    return None
