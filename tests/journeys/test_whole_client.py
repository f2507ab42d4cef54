"""The client as `make run` starts it: it signs in, learns the circuit, and draws the map that came back."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cloud_stack import CloudStack
from PyQt6.QtGui import QImage
from waiting import eventually

PROJECT = Path(__file__).parents[2]


@pytest.mark.timeout(240)
async def test_a_client_without_a_screen_draws_the_picture_once_the_map_is_there(cloud: CloudStack, tmp_path: Path):
    email, password = await cloud.new_driver("painter")
    picture = tmp_path / "overlay.png"
    client = subprocess.Popen(
        [sys.executable, "-m", "desktop_client", "--demo", "--demo-speed", "6", "--offscreen", "--screenshot", picture],
        cwd=PROJECT,
        env={
            "PATH": os.environ["PATH"],
            "RACEOVERLAY_GATEWAY": cloud.gateway,
            "RACEOVERLAY_CA": str(cloud.ca),
            "RACEOVERLAY_EMAIL": email,
            "RACEOVERLAY_PASSWORD": password,
            "RACEOVERLAY_CLIENT_STATE": str(tmp_path / "client"),
        },
    )
    try:
        await eventually(lambda: picture.exists() or client.poll() is not None, within=150)
        assert client.poll() is None, "the client goes on after the picture"
        await eventually(lambda: not QImage(str(picture)).isNull())
    finally:
        client.send_signal(signal.SIGINT)
        assert await asyncio.to_thread(client.wait, 30) == 0
