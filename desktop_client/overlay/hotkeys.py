"""What the driver can do without leaving the game, and the keys and buttons that ask for it."""

from __future__ import annotations

import enum
from typing import Annotated, Final

import msgspec


class Wish(enum.StrEnum):
    """The names are the fields of `Hotkeys`."""

    HIDE = "hide"
    EDIT = "edit"
    NEXT_PROFILE = "next_profile"
    MAP_VIEW = "map_view"


KEY: Final = r"^((Ctrl|Alt|Shift|Meta)\+)*([A-Z0-9]|F([1-9]|1[0-9]|2[0-4])|Home|End|Insert|PageUp|PageDown)$"
BUTTON: Final = r"^joy:[0-9]{1,2}:[0-9]{1,3}$"

Trigger = Annotated[str, msgspec.Meta(pattern=f"{KEY}|{BUTTON}|^$")]


class Hotkeys(msgspec.Struct, frozen=True):
    """`Ctrl+Alt+H` is a chord of keys, `joy:0:5` the sixth button of the first controller, "" nothing."""

    hide: Trigger = "Ctrl+Alt+H"
    edit: Trigger = "Ctrl+Alt+E"
    next_profile: Trigger = "Ctrl+Alt+P"
    map_view: Trigger = "Ctrl+Alt+M"
