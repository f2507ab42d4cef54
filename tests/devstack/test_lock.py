import os
from pathlib import Path

import pytest

from devstack.lock import AlreadyRunning, Lock


def test_the_second_is_told_who_the_first_is(folder: Path):
    with Lock(folder) as lock:
        lock.describe(gateway="https://127.0.0.1:8443")
        with (
            pytest.raises(AlreadyRunning, match=rf"process {os.getpid()}, gateway https://127.0.0.1:8443"),
            Lock(folder),
        ):
            pass


def test_the_folder_is_free_again_afterwards(folder: Path):
    for _ in range(2):
        with Lock(folder):
            pass
