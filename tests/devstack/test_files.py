from pathlib import Path

import pytest

from devstack.files import write_atomically


def test_a_reader_sees_the_old_content_until_the_new_one_is_whole(folder: Path):
    file = folder / "document.json"
    write_atomically(file, "old")
    with file.open() as reader:
        write_atomically(file, "new")
        assert reader.read() == "old"
    assert file.read_text() == "new"


def test_a_failed_write_leaves_the_old_content_and_no_draft(folder: Path):
    file = folder / "document.json"
    write_atomically(file, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(file, "\ud800")
    assert [path.name for path in folder.iterdir()] == ["document.json"]
    assert file.read_text() == "old"
