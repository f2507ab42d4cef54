"""What each wish does to the overlay."""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgspec

from desktop_client.overlay.banner import Banner
from desktop_client.overlay.hotkeys import Wish
from desktop_client.overlay.overlay import Overlay
from desktop_client.overlay.palette import THEMES
from desktop_client.overlay.profiles import Profile

log = logging.getLogger(__name__)


def actions(overlay: Overlay, banner: Banner, edit: Callable[[], object]) -> dict[Wish, Callable[[], None]]:
    """One call for every wish. `edit` begins to edit the layout, or ends it. None of them raises."""

    def hide() -> None:
        overlay.set_hidden(not overlay.is_hidden)

    def next_profile() -> None:
        name = overlay.next_profile()
        banner.say(name, overlay.arrangement.screen(None), THEMES[overlay.settings.profile.theme])

    def map_view() -> None:
        overlay.change_profile(with_the_other_map_view(overlay.settings.profile))

    calls = {Wish.HIDE: hide, Wish.EDIT: edit, Wish.NEXT_PROFILE: next_profile, Wish.MAP_VIEW: map_view}
    return {wish: _calmly(wish, call) for wish, call in calls.items()}


def with_the_other_map_view(profile: Profile) -> Profile:
    """The profile with the whole circuit instead of the road around the car, or the other way round."""
    chosen = profile.widgets.track_map  # pyright: ignore[reportAttributeAccessIssue]  # a field for every widget
    other = msgspec.structs.replace(chosen, mode="whole" if chosen.mode == "follow" else "follow")
    return msgspec.structs.replace(profile, widgets=msgspec.structs.replace(profile.widgets, track_map=other))


def _calmly(wish: Wish, call: Callable[[], object]) -> Callable[[], None]:
    def act() -> None:
        try:
            call()
        except OSError as error:  # it holds until the end; an exception that leaves a slot ends the whole process
            log.warning("%s is not kept: %s", wish, error)

    return act
