"""docs/games.md is what the code says."""

from pathlib import Path

from desktop_client.guide import NO, YES, guide
from desktop_client.overlay.widgets import WIDGETS
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Capability

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "games.md"


def test_the_document_is_written_anew_whenever_a_game_or_a_widget_changes():
    assert DOCUMENT.read_text("utf-8") == guide(), "run make docs"


def test_every_game_says_how_to_switch_it_on_and_what_it_was_checked_against():
    for game in GAMES.values():
        assert game.how_to.endswith(".")
        assert game.seen


def test_the_tables_name_every_capability_and_every_widget():
    lines = guide().splitlines()
    for capability in Capability:
        assert any(line.startswith(f"| {capability.replace('_', ' ')} |") for line in lines)
    for widget in WIDGETS.values():
        (line,) = (line for line in lines if line.startswith(f"| {widget.title} |"))
        assert set(line.split(" | ")[2:]) <= {YES, NO, f"{YES} |", f"{NO} |"}
