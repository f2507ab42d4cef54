"""Why is there no data? Everything that could be the answer, in the order in which a driver would check it.

Pure: the application gathers a `Snapshot` once a second, `rows` puts it into words.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from desktop_client.cloud import CloudState
from desktop_client.maps import MapStage
from desktop_client.race.recorded_lap import Refusal
from desktop_client.session import Stage


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

    `listening` is the UDP port that is bound, or None with `listen_problem` saying why. `refused` counts datagrams
    by reason; `last_error` and `format` are the adapter's own words.
    """

    game: str
    listening: int | None
    listen_problem: str | None = None
    packets_per_second: float = 0.0
    frames: int = 0
    format: str | None = None
    refused: Mapping[str, int] = field(default_factory=dict[str, int])
    last_error: str | None = None
    paused: bool = False
    cloud: CloudState | None = None


CAPTURE: Final = {
    Refusal.GAME_LACKS: "this game does not send what a map is made of",
    Refusal.NOT_DRIVING: "you are not driving",
    Refusal.PAUSED: "the game was paused",
    Refusal.PIT_LANE: "the last lap went through the pit lane",
    Refusal.LAP_INVALID: "the game did not count the last lap",
    Refusal.NOT_FINITE: "the game sent no position for a moment",
    Refusal.REWOUND: "the last lap was rewound",
    Refusal.GAP: "telemetry was missing for more than a second",
    Refusal.TELEPORT: "the car was moved",
    Refusal.LINE_UNCLEAR: "the line was not crossed clearly",
    Refusal.TOO_LONG: "the last lap took too long",
    Refusal.TOO_FEW_POINTS: "the last lap had too few points",
    Refusal.RATE_TOO_LOW: "the game sends too seldom; set a higher rate in its telemetry settings",
    Refusal.INCOMPLETE: "a part of the last lap is missing",
    Refusal.LAP_TIME_DISAGREES: "the game's lap time is another one than was measured",
    Refusal.SESSION_CHANGED: "the session ended",
}


def rows(now: Snapshot) -> tuple[Row, ...]:
    """The status page, line by line."""
    return (*_telemetry(now), *(_cloud(now.cloud) if now.cloud else ()))


def _telemetry(now: Snapshot) -> Iterator[Row]:
    if now.listening is None:
        yield Row("Telemetry port", Light.BAD, now.listen_problem or "Not listening.")
        return
    yield Row("Telemetry port", Light.GOOD, f"Listening on UDP port {now.listening}.")
    if now.packets_per_second > 0:
        yield Row("Packets", Light.GOOD, f"{now.packets_per_second:.0f} a second.")
    else:
        yield Row(
            "Packets",
            Light.BAD if not now.frames else Light.IDLE,
            f"None arrive. Is UDP telemetry switched on in the game, and sent to this computer's port {now.listening}?"
            if not now.frames
            else "None at the moment: the game is paused or closed.",
        )
    if now.format is not None:
        yield Row("Format", Light.GOOD, f"{now.format}.")
    if now.refused:
        counted = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in sorted(now.refused.items()))
        is_bad = not now.frames
        yield Row("Not understood", Light.BAD if is_bad else Light.IDLE, f"{counted}.{_detail(now.last_error)}")
    if now.frames:
        yield Row("Race", Light.IDLE if now.paused else Light.GOOD, "Paused." if now.paused else "Data is flowing.")


def _detail(last_error: str | None) -> str:
    """The adapter's last word without the reason's code, which stands beside its count already."""
    if last_error is None:
        return ""
    words = last_error.partition(": ")[2] or last_error
    return f" Last: {words.rstrip('.')}."


def _cloud(cloud: CloudState) -> Iterator[Row]:
    if not cloud.is_configured:
        light, sentence = (Light.BAD, cloud.problem) if cloud.problem else (Light.IDLE, "Off: no gateway is set up.")
        yield Row("Cloud", light, sentence)
    else:
        yield _account(cloud)
        if cloud.licence.problem:
            yield Row("Licence", Light.BAD, cloud.licence.problem)
        elif cloud.plan:
            yield Row("Licence", Light.GOOD, f"Plan: {cloud.plan}.")
    yield _map(cloud)
    if cloud.map.waiting:
        yield Row("Laps to send", Light.IDLE, f"{cloud.map.waiting} on their way.")
    if cloud.map.verdict:
        yield Row("Last lap sent", Light.IDLE, f"{cloud.map.verdict.replace('_', ' ').capitalize().rstrip('.')}.")


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


def _map(cloud: CloudState) -> Row:
    known = cloud.map
    match known.stage:
        case MapStage.KNOWN:
            return Row("Track map", Light.GOOD, f"Track {known.track_id}, version {known.version}.")
        case MapStage.ASKING:
            return Row("Track map", Light.IDLE, f"Asking for track {known.track_id} …")
        case MapStage.NO_TRACK:
            return Row("Track map", Light.IDLE, known.problem or "The game has not said which track this is.")
        case MapStage.UNKNOWN:
            return Row("Track map", Light.IDLE, f"Nobody has a map of it yet. {_learning(cloud)}")
        case MapStage.NOT_ASKED:
            problem = None if known.problem == cloud.session.problem else known.problem
            return Row("Track map", Light.IDLE, f"{problem or 'None on this computer.'} {_learning(cloud)}")


def _learning(cloud: CloudState) -> str:
    if cloud.is_recording:
        return "This lap is being learned."
    if cloud.capture is not None:
        return f"Waiting for a clean lap: {CAPTURE[cloud.capture]}."
    return "The first clean lap will be learned." if cloud.is_configured else "The map is drawn as you drive."
