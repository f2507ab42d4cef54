"""What the status page says of the track's map and of this driver's laps for it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from desktop_client.cloud import CloudState
from desktop_client.map_state import MapStage, MapState
from desktop_client.race.recorded_lap import Refusal
from desktop_client.race.wanted_lap import Use
from desktop_client.session import Stage

HELPS: Final = {
    Use.FIRST: "The first clean lap will be learned.",
    Use.CONFIRM: "Your next clean lap can confirm it.",
    Use.WIDTH: "Your clean laps show how wide the road is.",
    Use.SHAPE: "Your clean laps make it more exact.",
}
NOT_SHARED: Final = "Sharing laps is switched off, so that none is learned."
UNNAMED: Final = "This game does not say which track it is, and no map on this computer fits yet."
DRAWN: Final = "The map is drawn as you drive."


def map_in_words(cloud: CloudState, refusals: Mapping[Refusal, str]) -> str:
    """How it stands with the map; `refusals` say why the last lap was not taken."""
    known = cloud.map
    match known.stage:
        case MapStage.KNOWN:
            return " ".join(filter(None, (_known(known), _improving(cloud, refusals))))
        case MapStage.ASKING:
            return f"Asking for track {known.track_id} …"
        case MapStage.NO_TRACK:
            return known.problem or "The game has not said which track this is."
        case MapStage.UNNAMED:
            return f"{UNNAMED} {_first(cloud, refusals)}"
        case MapStage.UNKNOWN:
            return f"Nobody has a map of it yet. {_first(cloud, refusals)}"
        case MapStage.NOT_ASKED:
            problem = None if known.problem == cloud.session.problem else known.problem
            return f"{problem or 'None on this computer.'} {_first(cloud, refusals)}"


def waiting_in_words(cloud: CloudState) -> str:
    """Where the laps are that wait."""
    laps = "1 lap" if cloud.map.waiting == 1 else f"{cloud.map.waiting} laps"
    if not cloud.map.shares:
        return f"{laps} kept on this computer: sharing laps is switched off."
    match cloud.session.stage:
        case Stage.SIGNED_OUT:
            return f"{laps} to be sent as soon as you are signed in."
        case Stage.OFFLINE:
            return f"{laps} to be sent as soon as the gateway can be reached."
        case _:
            return f"{laps} on the way."


def _known(known: MapState) -> str:
    title = known.title or f"Track {known.track_id}"
    match known.status:
        case "confirmed":
            return f"{title}, version {known.version}, confirmed."
        case "provisional":
            return f"{title}, version {known.version}, provisional: no second driver has confirmed it yet."
        case None:
            return f"{title}, version {known.version}."


def _improving(cloud: CloudState, refusals: Mapping[Refusal, str]) -> str | None:
    """What this driver's laps do for a map that there is; not a word where they would do nothing."""
    if cloud.map.use is None or not cloud.map.shares:
        return None
    return _recording(cloud) or _waiting_for_a_clean_lap(cloud, refusals) or HELPS[cloud.map.use]


def _first(cloud: CloudState, refusals: Mapping[Refusal, str]) -> str:
    """How a track without a map gets its first one."""
    if not cloud.is_configured:
        return DRAWN
    if not cloud.map.shares:
        return NOT_SHARED
    return _recording(cloud) or _waiting_for_a_clean_lap(cloud, refusals) or HELPS[Use.FIRST]


def _recording(cloud: CloudState) -> str | None:
    if not cloud.is_recording:
        return None
    percent = "" if cloud.learned_percent is None else f": {cloud.learned_percent} %"
    return f"This lap is being learned{percent}."


def _waiting_for_a_clean_lap(cloud: CloudState, refusals: Mapping[Refusal, str]) -> str | None:
    return None if cloud.capture is None else f"Waiting for a clean lap: {refusals[cloud.capture]}."
