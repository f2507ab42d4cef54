"""Which layout is worn when: by game, class of car and kind of session."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from desktop_client.overlay.layout import Placement
from desktop_client.overlay.palette import ThemeName
from desktop_client.overlay.presets import LAYOUTS, PresetName
from desktop_client.overlay.widgets import WIDGETS
from desktop_client.telemetry.frame import SessionKind

# One field a widget, named by its key, as the table of widgets has them.
WidgetSettings = msgspec.defstruct(
    "WidgetSettings",
    [(key, widget.settings_type, widget.settings_type()) for key, widget in WIDGETS.items()],
    frozen=True,
    module=__name__,
)


class Wanted(msgspec.Struct, frozen=True, omit_defaults=True):
    """When a profile is meant; None means whatever it is."""

    game: str | None = None
    car_class: str | None = None
    session: SessionKind | None = None

    def fits(self, now: Wanted) -> bool:
        """Whether all that is asked for holds in a moment that is fully known."""
        return all(
            asked is None or asked == has
            for asked, has in zip(msgspec.structs.astuple(self), msgspec.structs.astuple(now), strict=True)
        )

    @property
    def precision(self) -> int:
        """How much is asked for: of two profiles that fit, the more precise one is meant."""
        return sum(asked is not None for asked in msgspec.structs.astuple(self))


class Profile(msgspec.Struct, frozen=True):
    """A layout with everything that belongs to it. `layout` holds only what differs from the preset's."""

    preset: PresetName = "Race"

    widgets: WidgetSettings = WidgetSettings()  # type: ignore[valid-type]
    layout: dict[str, Placement] = {}
    theme: ThemeName = "dark"
    wanted: Wanted = Wanted()

    def place(self, key: str) -> Placement:
        """Where a widget stands in this profile."""
        return self.layout.get(key) or LAYOUTS[self.preset][key]


def choose(profiles: Mapping[str, Profile], active: str, now: Wanted) -> str:
    """The name of the profile that is meant in this moment.

    The most precise one that fits; of equals the active one, else the first. The active one stays where none fits.
    """
    fitting = [name for name, profile in profiles.items() if profile.wanted.fits(now)]
    if not fitting:
        return active
    most = max(profiles[name].wanted.precision for name in fitting)
    best = [name for name in fitting if profiles[name].wanted.precision == most]
    return active if active in best else best[0]
