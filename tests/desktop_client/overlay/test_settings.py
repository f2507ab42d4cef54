"""What the driver chose, in a file."""

import msgspec
import pytest

from desktop_client.overlay import settings
from desktop_client.overlay.layout import Placement
from desktop_client.overlay.presets import LAYOUTS
from desktop_client.overlay.profiles import Profile, Wanted, WidgetSettings
from desktop_client.overlay.settings import FILE_NAME, OverlaySettings
from desktop_client.overlay.widgets import WIDGETS
from desktop_client.overlay.widgets.dash import DashSettings
from desktop_client.telemetry.frame import SessionKind


def test_what_is_saved_is_loaded(tmp_path):
    chosen = OverlaySettings(
        clock_hz=60,
        profiles={
            "Mine": Profile(
                widgets=WidgetSettings(dash=DashSettings(speed_unit="mph")),
                layout={"dash": Placement(x=0.25, y=1.0, scale=1.5, screen="DP-1")},
                theme="light",
                wanted=Wanted(game="f1", session=SessionKind.RACE),
            )
        },
        active="Mine",
    )
    settings.save(tmp_path / "new", chosen)
    assert settings.load(tmp_path / "new") == chosen
    assert [file.name for file in (tmp_path / "new").iterdir()] == [FILE_NAME]


def test_without_a_file_there_are_the_defaults(tmp_path):
    assert settings.load(tmp_path) == OverlaySettings()


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"clock_hz": 31}',
        b'{"profiles": {"Race": {"widgets": {"dash": {"speed_unit": "knots"}}}}}',
        b'{"active": "Gone"}',
        b'{"hotkeys": {"hide": "Ctrl+"}}',
    ],
)
def test_a_file_that_cannot_be_read_is_kept_aside(tmp_path, broken):
    (tmp_path / FILE_NAME).write_bytes(broken)
    assert settings.load(tmp_path) == OverlaySettings()
    assert (tmp_path / "overlay.json.broken").read_bytes() == broken


def test_a_newer_versions_fields_are_ignored(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b'{"clock_hz": 15, "hologram": {"shown": true}}')
    assert settings.load(tmp_path).clock_hz == 15


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    settings.save(tmp_path, OverlaySettings(clock_hz=60))
    monkeypatch.setattr("os.fsync", lambda descriptor: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        settings.save(tmp_path, OverlaySettings(clock_hz=15))
    assert settings.load(tmp_path).clock_hz == 60
    assert len(list(tmp_path.iterdir())) == 1


def test_every_widget_has_settings_and_a_place():
    fields = {field.name for field in msgspec.structs.fields(WidgetSettings)}
    assert set(WIDGETS) == fields
    assert all(set(layout) == set(WIDGETS) for layout in LAYOUTS.values())
