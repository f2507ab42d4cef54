"""Who may look."""

import stat
import sys

import pytest

from desktop_client.stream.guard import FILE_NAME, SHORTEST, refusal, token_of

TOKEN = "t" * SHORTEST


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765"])
@pytest.mark.parametrize("origin", [None, "http://127.0.0.1:8765", "http://localhost:8765"])
def test_who_has_the_address_may_look(host, origin):
    assert refusal(8765, TOKEN, host=host, origin=origin, given=TOKEN) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "rebound.example:8765"},  # its name leads to this computer
        {"host": "127.0.0.1"},
        {"host": None},
        {"origin": "https://a-page.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8080"},  # another program of this computer
        {"given": None},
        {"given": ""},
        {"given": TOKEN[:-1]},
        {"given": "ü" * SHORTEST},
    ],
)
def test_everybody_else_is_refused_with_a_sentence(wrong):
    asked = {"host": "127.0.0.1:8765", "origin": None, "given": TOKEN, **wrong}
    assert refusal(8765, TOKEN, **asked).endswith(".")


def test_the_secret_is_made_once(tmp_path):
    token = token_of(tmp_path)
    assert len(token) >= SHORTEST
    assert token_of(tmp_path) == token
    assert token_of(tmp_path / "another") != token


def test_a_secret_that_was_cut_is_made_anew(tmp_path):
    (tmp_path / FILE_NAME).write_text("short")
    assert len(token_of(tmp_path)) >= SHORTEST


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps other rights")
def test_only_the_driver_can_read_it(tmp_path):
    token_of(tmp_path)
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
