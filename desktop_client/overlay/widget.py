"""What every widget is: typed settings, a view computed by pure code, and a way to paint it."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import msgspec
from PyQt6.QtCore import QRectF, QSizeF

from desktop_client.overlay.canvas import Canvas, Room
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


@dataclass(frozen=True, slots=True)
class Absent:
    """Shown instead of a view when there is no news: nothing at all, not even the panel."""


class Cell(NamedTuple):
    """A part of a widget that is painted again when its `key` is another one than before.

    `rect` is in design pixels and holds all that `draw` paints; what is outside of it is cut off.
    """

    rect: QRectF
    key: object
    draw: Callable[[Canvas], None]


class Widget(ABC, Generic[SettingsType, ViewType]):
    """One instrument. It knows views and pixels; it knows no game, no window and no clock."""

    title: ClassVar[str]
    needs: ClassVar[frozenset[Capability]] = frozenset()
    needs_any: ClassVar[frozenset[Capability]] = frozenset()  # of these one is enough
    settings_type: ClassVar[type[msgspec.Struct]]
    rate_hz: float = 10.0  # how often `view` is asked at most: figures faster than that cannot be read
    has_panel: ClassVar[bool] = True  # False for what lies on the game without a surface of its own

    def __init__(self, settings: SettingsType) -> None:
        self.settings = settings

    @property
    @abstractmethod
    def natural_size(self) -> QSizeF:
        """The design size in pixels of a screen 1080 high; a bigger window scales everything."""

    @abstractmethod
    def view(self, frame: Frame, race: Race) -> ViewType | Notice | Absent:
        """What is to be seen now. Equal views look equal, and are not painted again."""

    @abstractmethod
    def demo(self) -> ViewType:
        """A typical view with something of everything to see, for previews without a game."""

    def cells(self, room: Room, view: ViewType) -> Iterable[Cell]:
        """The parts that change from view to view, in painting order; those with an equal key are not painted again.

        The usual widget is one cell. One with rows or figures that change one at a time is worth cutting up.
        """
        return (Cell(QRectF(0, 0, room.width, room.height), view, functools.partial(self.paint, view=view)),)

    def paint(self, canvas: Canvas, view: ViewType) -> None:
        """Paint all that changes from view to view: for widgets that are one cell."""
        raise NotImplementedError(f"{type(self).__name__} has neither cells nor paint")

    def still(self, view: ViewType) -> Hashable:
        """What the still layer depends on, besides the size; it is painted again only when this changes."""
        return None

    def paint_still(self, canvas: Canvas, view: ViewType) -> None:
        """Paint what stays between the panel and the moving parts; kept as a pixmap."""
        return

    def look(self, frame: Frame | None, race: Race) -> ViewType | Notice | Absent:
        """The view, or a notice where there is no telemetry or the game does not say what is needed."""
        if frame is None:
            return Notice("Waiting for the game")
        for capability in sorted(self.needs - frame.capabilities):
            return Notice(SAYS.get(capability, f"This game does not send {capability.replace('_', ' ')}"))
        if self.needs_any and not self.needs_any & frame.capabilities:
            return Notice(f"This game does not send what {self.title} shows")
        return self.view(frame, race)

    @classmethod
    def works_with(cls, capabilities: frozenset[Capability]) -> bool:
        """Whether a game that says this much can be shown."""
        return cls.needs <= capabilities and (not cls.needs_any or bool(cls.needs_any & capabilities))


AnyWidget = Widget[Any, Any]
