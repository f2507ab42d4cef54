"""Why is there no data? Everything that could be the answer, in the order in which a driver would check it.

Pure: the application gathers a `Snapshot` once a second, `rows` puts it into words.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from desktop_client.cloud import CloudState
from desktop_client.licence import LicenceState
from desktop_client.map_state import MapStage
from desktop_client.map_words import map_in_words, waiting_in_words
from desktop_client.race.recorded_lap import Refusal
from desktop_client.session import Stage
from desktop_client.station import GameSeen, Place
from desktop_client.stream.seen import StreamSeen


class Light(enum.IntEnum):
    """How a row stands."""

    GOOD = 0
    IDLE = 1  # nothing wrong, nothing there
    BAD = 2


class Row(NamedTuple):
    """One line of the status page: what it is about, how it stands, and the sentence."""

    name: str
    light: Light
    sentence: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the application knows of itself at one moment.

    `games` are those that are listened to, the one that speaks first; `recording` says what is being recorded,
    `hotkeys` which of them cannot be heard. `stream` is the browser source while it is on.
    """

    games: tuple[GameSeen, ...] = ()
    paused: bool = False
    recording: str | None = None
    cloud: CloudState | None = None
    hotkeys: tuple[str, ...] = ()
    stream: StreamSeen | None = None


CAPTURE: Final = {
    Refusal.GAME_LACKS: "this game does not send what a map is made of",
    Refusal.NOT_DRIVING: "you are not driving",
    Refusal.IN_GARAGE: "you are in the garage",
    Refusal.REPLAY: "a replay is shown",
    Refusal.PAUSED: "the game was paused",
    Refusal.PIT_LANE: "the last lap went through the pit lane",
    Refusal.LAP_INVALID: "the game did not count the last lap",
    Refusal.NOT_FINITE: "the game sent no position for a moment",
    Refusal.REWOUND: "the last lap was rewound",
    Refusal.GAP: "telemetry was missing for more than a second",
    Refusal.TELEPORT: "the car was moved",
    Refusal.STOOD: "the car stood still in the last lap",
    Refusal.LINE_UNCLEAR: "the line was not crossed clearly",
    Refusal.TOO_LONG: "the last lap took too long",
    Refusal.TOO_FEW_POINTS: "the last lap had too few points",
    Refusal.RATE_TOO_LOW: "the game sends too seldom; set a higher rate in its telemetry settings",
    Refusal.INCOMPLETE: "a part of the last lap is missing",
    Refusal.LAP_TIME_DISAGREES: "the game's lap time is another one than was measured",
    Refusal.UNTIMED: "the game gave no time for the last lap",
    Refusal.OPEN: "the last lap did not end where it began",
    Refusal.DRIFTED: "the way of the last lap could not be worked out",
    Refusal.SESSION_CHANGED: "the session ended",
}


def rows(now: Snapshot) -> tuple[Row, ...]:
    """The status page, line by line."""
    recording = (Row("Recording", Light.GOOD, now.recording),) if now.recording else ()
    hotkeys = (Row("Hotkeys", Light.BAD, "\n".join(now.hotkeys)),) if now.hotkeys else ()
    stream = (_stream(now.stream),) if now.stream else ()
    return (*_telemetry(now), *recording, *hotkeys, *stream, *(_cloud(now.cloud) if now.cloud else ()))


def _telemetry(now: Snapshot) -> Iterator[Row]:
    speaking = next((game for game in now.games if game.speaks), None)
    others = sorted((game for game in now.games if game is not speaking), key=_least_telling_last)
    if speaking is not None:
        yield from _in_full(speaking, paused=now.paused)
        for game in others:
            yield _folded(game)
        return
    if not now.games:
        yield Row("Telemetry", Light.BAD, "Every game is switched off in the settings.")
        return
    yield Row("Telemetry", Light.BAD, "No game is heard. Start one, and look below for what it needs.")
    for game in others:
        row = _folded(game)
        yield row._replace(sentence=f"{row.sentence}\n{game.how_to}")


def _least_telling_last(game: GameSeen) -> int:
    return 0 if game.packets_per_second else 1 if game.problem else 2


def _in_full(game: GameSeen, *, paused: bool) -> Iterator[Row]:
    """The game that is shown on the overlay."""
    yield Row("Game", Light.GOOD, f"{game.title}, {_listed(place for place in game.places if place.is_open)}.")
    if game.packets_per_second > 0:
        yield Row("Packets", Light.GOOD, f"{game.packets_per_second:.0f} a second.")
    else:
        yield Row("Packets", Light.IDLE, "None at the moment: the game is paused or closed.")
    if game.format is not None:
        yield Row("Format", Light.GOOD, f"{game.format}.")
    if game.refused:
        yield Row("Not understood", Light.IDLE, _refused(game))
    if game.problem is not None:
        yield Row("Problem", Light.BAD, game.problem)
    yield Row("Race", Light.IDLE if paused else Light.GOOD, "Paused." if paused else "Data is flowing.")


def _folded(game: GameSeen) -> Row:
    """Any other game, in one line."""
    if game.packets_per_second > 0 and game.refused and not game.frames:
        return Row(game.title, Light.BAD, f"Packets arrive and are not understood: {_refused(game)}")
    if game.packets_per_second > 0:
        return Row(game.title, Light.IDLE, f"{game.packets_per_second:.0f} packets a second, but no race in them.")
    if game.problem is not None:
        return Row(game.title, Light.BAD, game.problem)
    return Row(game.title, Light.IDLE, _waiting(game))


def _waiting(game: GameSeen) -> str:
    there = [place for place in game.places if place.is_open]
    absent = [place for place in game.places if not place.is_open]
    places = [f"on {_listed(there)}"] if there else []
    places += [f"for {_listed(absent)}"] if absent else []
    return f"Waiting {' and '.join(places)}." if places else "Waiting."


def _listed(places: Iterable[Place]) -> str:
    """In words, the first two of each kind; a game with many blocks of memory has them all or none."""
    names: dict[str, list[str]] = {}
    for place in places:
        names.setdefault(place.kind, []).append(place.name)
    return " and ".join(f"{kind} {_first_two(named)}" for kind, named in names.items())


def _first_two(named: list[str]) -> str:
    return " and ".join(named) if len(named) <= 2 else f"{named[0]}, {named[1]} and {len(named) - 2} more"


def _refused(game: GameSeen) -> str:
    counted = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in sorted(game.refused.items()))
    return f"{counted}.{_detail(game.last_error)}"


def _detail(last_error: str | None) -> str:
    """The adapter's last word without the reason's code, which stands beside its count already."""
    if last_error is None:
        return ""
    words = last_error.partition(": ")[2] or last_error
    return f" Last: {words.rstrip('.')}."


def _stream(stream: StreamSeen) -> Row:
    if stream.problem:
        return Row("Browser source", Light.BAD, stream.problem)
    watching = f"Shown in {stream.viewers} places." if stream.viewers > 1 else "Shown." if stream.viewers else "On."
    return Row("Browser source", Light.GOOD if stream.viewers else Light.IDLE, f"{watching}\n{stream.address}")


def _cloud(cloud: CloudState) -> Iterator[Row]:
    if not cloud.is_configured:
        light, sentence = (Light.BAD, cloud.problem) if cloud.problem else (Light.IDLE, "Off: no gateway is set up.")
        yield Row("Cloud", light, sentence)
    else:
        yield _account(cloud)
        yield from _licence(cloud.licence)
    light = Light.GOOD if cloud.map.stage is MapStage.KNOWN else Light.IDLE
    yield Row("Track map", light, map_in_words(cloud, CAPTURE))
    if cloud.map.waiting:
        yield Row("Laps to send", Light.IDLE, waiting_in_words(cloud))
    if cloud.map.verdict:
        yield Row("Last lap sent", Light.IDLE, cloud.map.verdict)


def _account(cloud: CloudState) -> Row:
    session = cloud.session
    who = session.user.email if session.user else ""
    match session.stage:
        case Stage.SIGNED_IN if cloud.is_live:
            return Row("Cloud", Light.GOOD, f"Signed in as {who}.")
        case Stage.SIGNED_IN:
            return Row("Cloud", Light.IDLE, f"Signed in as {who}; waiting for live news.")
        case Stage.SIGNING_IN:
            return Row("Cloud", Light.IDLE, "Signing in …")
        case Stage.OFFLINE:
            return Row("Cloud", Light.BAD, f"Offline: {session.problem or 'the gateway cannot be reached.'}")
        case Stage.SIGNED_OUT:
            return Row("Cloud", Light.BAD if session.problem else Light.IDLE, session.problem or "Not signed in.")


def _licence(licence: LicenceState) -> Iterator[Row]:
    if licence.problem:
        yield Row("Plan", Light.BAD, licence.problem)
    elif licence.plan:
        light = Light.IDLE if licence.notice else Light.GOOD
        yield Row("Plan", light, " ".join(filter(None, (f"{licence.plan.capitalize()}.", licence.notice))))
