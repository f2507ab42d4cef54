from pathlib import Path

import pytest

from devstack import document, secrets, state
from devstack.cloud import STOP_ORDER
from devstack.lock import AlreadyRunning, Lock
from devstack.services import ALL


def test_cleaning_removes_what_a_cloud_made_and_nothing_else(folder: Path):
    state.prepare(folder)
    secrets.password(folder, "nats")
    document.write(folder, {})
    for server in (*(name for group in STOP_ORDER for name in group), "client"):
        if server not in ALL:
            (folder / server).mkdir()
    (folder / "notes.txt").write_text("somebody's own")
    state.remove(folder)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_a_folder_that_is_empty_afterwards_goes_too(folder: Path):
    state.prepare(folder / "var")
    state.remove(folder / "var")
    assert not (folder / "var").exists()
    state.remove(folder / "var")


def test_a_running_cloud_is_not_cleaned_away(folder: Path):
    secrets.password(folder, "nats")
    with Lock(folder), pytest.raises(AlreadyRunning):
        state.remove(folder)
    assert (folder / "secrets.json").exists()


def test_a_folder_that_cannot_be_written_is_refused_in_one_sentence(folder: Path):
    (folder / "file").touch()
    with pytest.raises(state.Unusable, match=r"file/var cannot be written: Not a directory\."):
        state.prepare(folder / "file" / "var")
