"""A state folder for each test, and eyes on what runs from it."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

Running = Callable[[], list[psutil.Process]]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A state folder; whatever a failing test leaves running from it is ended."""
    yield tmp_path
    left = running_from(tmp_path)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=5)


@pytest.fixture
def running(folder: Path) -> Running:
    """The processes that run from the folder at the moment."""
    return lambda: running_from(folder)


def running_from(folder: Path) -> list[psutil.Process]:
    """Every process that has the folder in its command line or a file of it open (as each child has its log)."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            names = [*process.cmdline(), *(file.path for file in process.open_files())]
            if process.status() != psutil.STATUS_ZOMBIE and any(str(folder) in name for name in names):
                found.append(process)
    return found
