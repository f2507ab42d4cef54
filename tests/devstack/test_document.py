import stat
from pathlib import Path

import pytest

from devstack import document


def test_it_is_readable_by_its_owner_only(folder: Path):
    document.write(folder, {"ready": True})
    assert document.read(folder) == {"ready": True}
    assert stat.S_IMODE((folder / "devstack.json").stat().st_mode) == 0o600


def test_where_there_is_none_the_reader_is_told_how_to_get_one(folder: Path):
    document.write(folder, {"ready": True})
    document.remove(folder)
    with pytest.raises(document.NotRunning, match="make cloud"):
        document.read(folder)
