"""What every widget is: typed settings, a view computed by pure code, and a way to paint it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from PyQt6.QtCore import QSizeF

from desktop_client.overlay.canvas import Canvas
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Capability, Frame

SettingsType = TypeVar("SettingsType", bound=msgspec.Struct)
ViewType = TypeVar("ViewType")

SAYS: dict[Capability, str] = {
    Capability.INPUTS: "This game does not send pedals and wheel",
    Capability.OPPONENTS: "This game does not send the other cars",
    Capability.WORLD_POSITION: "This game does not send positions on the track",
    Capability.LAP_DISTANCE: "This game does not send the distance around the lap",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Shown instead of a view: one sentence on why there is nothing to see."""

    sentence: str


class Widget(ABC, Generic[SettingsType, ViewType]):
    """One instrument. It knows views and pixels; it knows no game, no window and no clock."""

    title: ClassVar[str]
    needs: ClassVar[frozenset[Capability]]

    def __init__(self, settings: SettingsType) -> None:
        self.settings = settings

    @property
    @abstractmethod
    def natural_size(self) -> QSizeF:
        """The design size in pixels of a screen 1080 high; a bigger window scales everything."""

    @abstractmethod
    def view(self, frame: Frame, race: Race) -> ViewType | Notice:
        """What is to be seen now. Equal views look equal, and are not painted again."""

    @abstractmethod
    def paint(self, canvas: Canvas, view: ViewType) -> None:
        """Paint what changes from view to view."""

    def still(self, view: ViewType) -> Hashable:
        """What the still layer depends on, besides the size; it is painted again only when this changes."""
        return None

    def paint_still(self, canvas: Canvas, view: ViewType) -> None:
        """Paint what stays between the panel and the moving parts; kept as a pixmap."""
        return

    def look(self, frame: Frame | None, race: Race) -> ViewType | Notice:
        """The view, or a notice where there is no telemetry or the game does not say what is needed."""
        if frame is None:
            return Notice("Waiting for the game")
        for capability in sorted(self.needs - frame.capabilities):
            return Notice(SAYS.get(capability, f"This game does not send {capability.replace('_', ' ')}"))
        return self.view(frame, race)


AnyWidget = Widget[Any, Any]
