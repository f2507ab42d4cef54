"""Whether laps are shared is written into client.toml, and the rest of it stays."""

import tomllib

import pytest

from desktop_client.games_file import CannotKeep
from desktop_client.settings import FILE_NAME, load
from desktop_client.sharing_file import keep_sharing, with_sharing

MINE = """# mine
gateway = "https://one"

# a game
[games.f1]
enabled = false
"""


@pytest.mark.parametrize(
    "text",
    [
        "",
        MINE,
        "# only a remark",
        'gateway = "https://one"',
        "upload_maps = true # as it was\n",
        "[games.f1]\nport = 7\n",
    ],
)
@pytest.mark.parametrize("on", [True, False])
def test_it_is_said_once_and_everything_else_stays_as_it_was(text: str, on: bool) -> None:
    after = with_sharing(text, on)
    assert tomllib.loads(after) == {**tomllib.loads(text), "upload_maps": on}
    assert with_sharing(after, on) == after
    assert after.count("upload_maps") == 1
    assert [line for line in text.splitlines() if "upload_maps" not in line] == [
        line for line in after.splitlines() if "upload_maps" not in line
    ]


def test_what_was_written_is_what_the_client_reads(tmp_path) -> None:
    for on in (False, True):
        keep_sharing(tmp_path, on)
        assert load({"RACEOVERLAY_CLIENT_STATE": str(tmp_path)}).upload_maps is on


@pytest.mark.parametrize(
    "text",
    [
        "broken = \n",
        'text = """\nupload_maps = true\n"""\n',
        '"upload_maps" = true\n',
        "games = [\n1,\n2]\nx.y = 1\nx = 2",
    ],
)
def test_a_file_of_another_style_is_left_alone(tmp_path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(CannotKeep, match=r"client\.toml is written in a way of its own"):
        keep_sharing(tmp_path, on=False)
    assert (tmp_path / FILE_NAME).read_text() == text


def test_a_folder_that_cannot_be_written_is_said(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotKeep, match="cannot be changed"):
        keep_sharing(tmp_path / "file", on=True)
