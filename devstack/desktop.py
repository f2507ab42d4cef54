"""The desktop client, signed in to this cloud's demo account."""

import base64
import os
import sys
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devstack import secrets
from devstack.child import Child
from devstack.environment import clean
from devstack.server import Server

# How a program finds its screen, its session and its keyring.
_SESSION = (
    *("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP"),
    *("DBUS_SESSION_BUS_ADDRESS", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "QT_FONT_DPI", "USER"),
)


def has_display() -> bool:
    """Whether a window could be seen by somebody."""
    return sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def environment(folder: Path, document: dict[str, Any]) -> dict[str, str]:
    """What the client is told of the cloud that `document` (devstack.json) describes."""
    session = {name: os.environ[name] for name in _SESSION if name in os.environ}
    return clean(
        **session,
        RACEOVERLAY_GATEWAY=document["gateway"],
        RACEOVERLAY_CA=document["ca"],
        RACEOVERLAY_EMAIL=document["demo"]["email"],
        RACEOVERLAY_PASSWORD=document["demo"]["password"],
        RACEOVERLAY_CLIENT_STATE=str(folder / "client"),
        RACEOVERLAY_LEASE_KEYS=lease_key(folder),
    )


def lease_key(folder: Path) -> str:
    """The public half of what this cloud signs leases with. It comes from the folder, never from who serves."""
    seed = base64.b64decode(secrets.key(folder, "lease"))
    return base64.b64encode(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()).decode()


def command(picture: Path, *, waits_for_a_game: bool = False) -> list[str]:
    """The client on a simulated race, or on whatever game is driven; without a display it draws into `picture` instead.

    Where nothing can be shown nobody drives, so then the race is a simulated one in any case.
    """
    if has_display():
        return [sys.executable, "-m", "desktop_client", *([] if waits_for_a_game else ["--demo"])]
    return [sys.executable, "-m", "desktop_client", "--demo", "--offscreen", "--screenshot", str(picture)]


class Desktop(Server):
    """The client as a child of the supervisor, which does not start it again: closing it is the driver's choice."""

    name = "desktop"

    def __init__(self, folder: Path, document: dict[str, Any]) -> None:
        super().__init__(folder)
        self.picture = folder / "overlay.png"
        self._environment = environment(folder, document)

    @property
    def log(self) -> Path:
        return self.folder / "logs" / "desktop.log"

    async def start(self) -> None:
        """Returns at once: the window is the answer."""
        self.picture.unlink(missing_ok=True)
        await self._launch(Child(self.name, self.folder, command(self.picture), self._environment))

    async def drawn(self) -> None:
        """Returns when the picture is there, which takes a lap or two. ChildFailed when the client ends before."""
        if self.child:
            await self.child.ready(self._has_picture, within=600, every=0.2)

    async def _has_picture(self) -> None:
        if not self.picture.exists():
            raise FileNotFoundError(self.picture)
