"""What the driver chose about the browser source for streams."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

DEFAULT_PORT: Final = 8765

Port = Annotated[int, msgspec.Meta(ge=1024, le=65535)]


class StreamSettings(msgspec.Struct, frozen=True):
    """`profile` is the one that is shown to those who watch; None is whichever the driver wears."""

    enabled: bool = False
    port: Port = DEFAULT_PORT
    profile: str | None = None
