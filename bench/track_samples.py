"""Which laps can somebody try the commands of tracks on? Four of the demo's circuit, driven by nobody.

`python -m bench.track_samples FOLDER` writes them as uploads: one as it is, one by another driver in another game, one
of the circuit with its chicane taken out, and one that went wrong. The same files every time.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from bench.driving import Driven, Pose, drive, seen
from bench.roads import Road, road
from contracts.tracks import Upload
from desktop_client.demo.circuit import NAME, Circuit, kestrel_park
from services.tracks.domain.lap import OFF_TRACK, Places

RATE_HZ: Final = 10.0
CHICANE_M: Final = (1155.0, 1440.0)
WENT_WIDE: Final = slice(205, 236)
REWOUND_AT: Final = 415
REWOUND_POINTS: Final = 22
LEFT_OUT_POINTS: Final = 24


def samples() -> dict[str, Upload]:
    """Name of the file, and what is in it."""
    circuit = kestrel_park()
    whole = _road(circuit.x + 1j * circuit.y, circuit)
    elsewhere = Pose(turn=0.62, move=complex(410, -1250), scale=1.02, is_mirrored=True, rounding_m=0.01)
    wrong = _driven(whole, 4)
    return {
        "kestrel-park": _upload(_driven(whole, 1), "kestrel-park"),
        "kestrel-park-elsewhere": _upload(
            seen(_driven(whole, 2, start=0.1, apexing=0.8, noise_m=1.2), elsewhere), "kestrel"
        ),
        "kestrel-park-short": _upload(
            _driven(_road(_without_chicane(circuit), circuit), 3, start=0.5, noise_m=0.8), "kestrel-park-short"
        ),
        "kestrel-park-wrong": _gone_wrong(_upload(wrong, "kestrel-park")),
    }


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, upload in samples().items():
        (folder / f"{name}.json").write_bytes(msgspec.json.encode(upload) + b"\n")


def _road(centre: Places, circuit: Circuit) -> Road:
    thinned = slice(None, None, 3)
    half = np.interp(np.linspace(0, 1, len(centre)), np.linspace(0, 1, len(circuit.half_width)), circuit.half_width)
    return road(NAME, NAME, centre[thinned], half[thinned], half[thinned])


def _driven(where: Road, seed: int, *, start: float = 0.0, apexing: float = 0.2, noise_m: float = 0.4) -> Driven:
    chance = np.random.default_rng(seed)
    return drive(where, chance, rate_hz=RATE_HZ, apexing=apexing, noise_m=noise_m, start=start)


def _upload(lap: Driven, track_id: str) -> Upload:
    return Upload(
        game="demo" if lap.handedness == "right" else "elsewhere",
        track_id=track_id,
        track_name=NAME,
        lap_valid=True,
        handedness="left" if lap.handedness == "left" else "right",
        rate_hz=lap.rate_hz,
        points=tuple((round(place.real, 2), round(place.imag, 2)) for place in lap.places.tolist()),
    )


def _without_chicane(circuit: Circuit) -> Places:
    """The middle of the road with the shortest smooth way from before the chicane to behind it."""
    middle = circuit.x + 1j * circuit.y
    before, behind = (round(metres / circuit.step_m) for metres in CHICANE_M)
    count = behind - before
    share = np.linspace(0, 1, count, endpoint=False)
    begin, end = middle[before], middle[behind]
    leaves, joins = 0.6 * count * (begin - middle[before - 1]), 0.6 * count * (middle[behind + 1] - end)
    way = (2 * share**3 - 3 * share**2 + 1) * begin + (share**3 - 2 * share**2 + share) * leaves
    way += (3 * share**2 - 2 * share**3) * end + (share**3 - share**2) * joins
    return np.concatenate((middle[:before], way, middle[behind:]))


def _gone_wrong(upload: Upload) -> Upload:
    """Off the track for a while, then rewound by the game, and ended before the line."""
    points, flags = list(upload.points), [0] * len(upload.points)
    flags[WENT_WIDE] = [OFF_TRACK] * (WENT_WIDE.stop - WENT_WIDE.start)
    kept = [*range(REWOUND_AT), *range(REWOUND_AT - REWOUND_POINTS, len(points) - LEFT_OUT_POINTS)]
    return msgspec.structs.replace(
        upload, lap_valid=False, points=tuple(points[i] for i in kept), flags=tuple(flags[i] for i in kept)
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
