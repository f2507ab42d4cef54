"""What can be done with the profiles as a whole. Every function gives the settings as they are afterwards."""

from __future__ import annotations

import msgspec

from desktop_client.overlay.exchange import free_name, tidy_name
from desktop_client.overlay.profiles import Profile, Wanted
from desktop_client.overlay.settings import OverlaySettings
from desktop_client.overlay.streaming import StreamSettings


class BadName(Exception):
    """A name that a profile cannot have; the message is one sentence."""


class LastProfile(Exception):
    """There is always one profile: the last one stays."""


def added(settings: OverlaySettings, name: str, profile: Profile) -> OverlaySettings:
    """With one more, which is worn now. Where the name is taken a number is put behind it."""
    name = free_name(tidy_name(name) or "Profile", settings.profiles)
    return msgspec.structs.replace(settings, profiles={**settings.profiles, name: profile}, active=name)


def copied(settings: OverlaySettings, name: str) -> OverlaySettings:
    """With a copy, which is worn now. It is meant for no moment, or two would be meant for the same one."""
    copy = msgspec.structs.replace(settings.profiles[name], wanted=Wanted())
    return added(settings, f"{name} copy", copy)


def renamed(settings: OverlaySettings, name: str, to: str) -> OverlaySettings:
    """With another name at the same place. Raises BadName."""
    to = tidy_name(to)
    if not to:
        raise BadName("A profile needs a name.")
    if to != name and to in settings.profiles:
        raise BadName(f"There is a profile named {to} already.")
    profiles = {to if each == name else each: profile for each, profile in settings.profiles.items()}
    active = to if settings.active == name else settings.active
    stream = _streaming(settings, name, to)
    return msgspec.structs.replace(settings, profiles=profiles, active=active, stream=stream)


def deleted(settings: OverlaySettings, name: str) -> OverlaySettings:
    """Without it; the one before it is worn where it was the active one. Raises LastProfile."""
    names = list(settings.profiles)
    if len(names) == 1:
        raise LastProfile("The last profile cannot be deleted.")
    place = names.index(name)
    profiles = {each: profile for each, profile in settings.profiles.items() if each != name}
    neighbour = names[place - 1] if place else names[1]
    active = neighbour if settings.active == name else settings.active
    stream = _streaming(settings, name, None)
    return msgspec.structs.replace(settings, profiles=profiles, active=active, stream=stream)


def _streaming(settings: OverlaySettings, name: str, now: str | None) -> StreamSettings:
    """What is streamed once the profile `name` has another name, or is gone."""
    stream = settings.stream
    return msgspec.structs.replace(stream, profile=now) if stream.profile == name else stream
