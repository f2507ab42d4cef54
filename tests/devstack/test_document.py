import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from devstack import document


def test_it_is_readable_by_its_owner_only(folder: Path):
    content = {"ready": True, "pids": {"supervisor": os.getpid()}}
    document.write(folder, content)
    assert document.read(folder) == content
    assert stat.S_IMODE((folder / "devstack.json").stat().st_mode) == 0o600


def test_where_there_is_none_the_reader_is_told_how_to_get_one(folder: Path):
    document.write(folder, {"ready": True, "pids": {"supervisor": os.getpid()}})
    document.remove(folder)
    with pytest.raises(document.NotRunning, match="make cloud"):
        document.read(folder)


def test_what_a_killed_supervisor_left_behind_describes_no_cloud(folder: Path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    document.write(folder, {"ready": True, "pids": {"supervisor": gone.pid}})
    with pytest.raises(document.NotRunning):
        document.read(folder)
