from pathlib import Path

import pytest

from devstack import desktop, secrets
from services.license.lease import LeaseKey

DOCUMENT = {
    "gateway": "https://127.0.0.1:8443",
    "ca": "/var/ca.pem",
    "demo": {"email": "demo@raceoverlay.example", "password": "secret"},
}


def test_the_client_is_told_where_the_cloud_is_and_who_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the caller's")
    told = desktop.environment(folder, DOCUMENT)
    assert told["RACEOVERLAY_GATEWAY"] == "https://127.0.0.1:8443"
    assert told["RACEOVERLAY_CLIENT_STATE"] == str(folder / "client")
    assert told["DISPLAY"] == ":7"
    assert told["RACEOVERLAY_LEASE_KEYS"] == LeaseKey(secrets.key(folder, "lease")).public
    assert "AWS_SECRET_ACCESS_KEY" not in told


def test_without_a_display_it_draws_a_picture(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(desktop.sys, "platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    assert desktop.command(folder / "overlay.png")[1:] == [
        *("-m", "desktop_client", "--demo", "--offscreen", "--screenshot", str(folder / "overlay.png"))
    ]
    assert desktop.command(folder / "overlay.png", waits_for_a_game=True) == desktop.command(folder / "overlay.png")
    monkeypatch.setenv("DISPLAY", ":7")
    assert desktop.command(folder / "overlay.png")[1:] == ["-m", "desktop_client", "--demo"]


def test_a_driver_with_a_display_gets_the_game_that_is_driven(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISPLAY", ":7")
    assert desktop.command(folder / "overlay.png", waits_for_a_game=True)[1:] == ["-m", "desktop_client"]
