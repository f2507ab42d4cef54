"""What the driver chose about the overlay, in one file that a human can read."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import msgspec

from desktop_client.files import write_atomically
from desktop_client.overlay.clock import DEFAULT_HZ, RATES_HZ
from desktop_client.overlay.hotkeys import Hotkeys
from desktop_client.overlay.presets import LAYOUTS
from desktop_client.overlay.profiles import Profile
from desktop_client.overlay.streaming import StreamSettings

log = logging.getLogger(__name__)

FILE_NAME: Final = "overlay.json"
FIRST_PROFILE: Final = "Race"


class OverlaySettings(msgspec.Struct, frozen=True):
    """`active` is the profile worn now; with `switch_profiles` the game, the class and the session choose it."""

    clock_hz: int = DEFAULT_HZ
    capturable: bool = False  # ordinary windows, so that a recorder can list them
    profiles: dict[str, Profile] = msgspec.field(
        default_factory=lambda: {name: Profile(preset=name) for name in LAYOUTS}
    )
    active: str = FIRST_PROFILE
    switch_profiles: bool = True
    hotkeys: Hotkeys = Hotkeys()
    stream: StreamSettings = StreamSettings()

    def __post_init__(self) -> None:
        if self.clock_hz not in RATES_HZ:
            raise ValueError(f"clock_hz is one of {RATES_HZ}")
        if self.active not in self.profiles:
            raise ValueError("active names a profile that is not there")

    @property
    def profile(self) -> Profile:
        return self.profiles[self.active]

    def with_profile(self, profile: Profile) -> OverlaySettings:
        """The same with the active profile changed."""
        return msgspec.structs.replace(self, profiles={**self.profiles, self.active: profile})


def load(directory: Path) -> OverlaySettings:
    """The saved settings, or the defaults; a file that cannot be read is kept aside as `overlay.json.broken`."""
    file = directory / FILE_NAME
    try:
        return msgspec.json.decode(file.read_bytes(), type=OverlaySettings)
    except FileNotFoundError:
        return OverlaySettings()
    except (OSError, msgspec.DecodeError) as error:
        log.warning("%s is not used: %s", file, error)
        if file.exists():
            file.replace(file.with_name(FILE_NAME + ".broken"))
        return OverlaySettings()


def save(directory: Path, settings: OverlaySettings) -> None:
    """Write the file whole or not at all. Raises OSError where the directory cannot be written."""
    write_atomically(directory / FILE_NAME, msgspec.json.format(msgspec.json.encode(settings), indent=2))
