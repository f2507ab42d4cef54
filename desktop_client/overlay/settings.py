"""What the driver chose about the overlay, in one file that a human can read."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec

from desktop_client.overlay.clock import DEFAULT_HZ, RATES_HZ
from desktop_client.overlay.layout import Placement
from desktop_client.overlay.palette import ThemeName
from desktop_client.overlay.widgets import WIDGETS

log = logging.getLogger(__name__)

FILE_NAME = "overlay.json"


# One field a widget, named by its key, as the table of widgets has them.
WidgetSettings = msgspec.defstruct(
    "WidgetSettings",
    [(key, widget.settings_type, widget.settings_type()) for key, widget in WIDGETS.items()],
    frozen=True,
    module=__name__,
)


class OverlaySettings(msgspec.Struct, frozen=True):
    """A widget's key is its file's name in widgets/; `layout` holds only what the driver moved."""

    clock_hz: int = DEFAULT_HZ
    theme: ThemeName = "dark"
    capturable: bool = False  # ordinary windows, so that a recorder can list them
    widgets: WidgetSettings = WidgetSettings()  # type: ignore[valid-type]
    layout: dict[str, Placement] = {}

    def __post_init__(self) -> None:
        if self.clock_hz not in RATES_HZ:
            raise ValueError(f"clock_hz is one of {RATES_HZ}")


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
    directory.mkdir(parents=True, exist_ok=True)
    new = directory / f"{FILE_NAME}.{os.getpid()}.new"
    try:
        with new.open("wb") as target:
            target.write(msgspec.json.format(msgspec.json.encode(settings), indent=2))
            target.flush()
            os.fsync(target.fileno())
        new.replace(directory / FILE_NAME)
    finally:
        new.unlink(missing_ok=True)
