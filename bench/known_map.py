"""The demo's circuit as the cloud would have published it: a driver has the map of nearly every track he drives."""

from __future__ import annotations

import datetime
import uuid

from contracts.tracks import Line, Quality, Station, TrackMap
from desktop_client.demo.circuit import NAME, kestrel_park
from desktop_client.demo.packets_of_session import TRACK_ID

STEP = 5  # metres between the points of a published map


def known_map() -> TrackMap:
    circuit = kestrel_park()
    x, y = circuit.x[::STEP], circuit.y[::STEP]
    return TrackMap(
        layout_id=uuid.UUID(int=1),
        version=1,
        game="f1",
        track_id=str(TRACK_ID),
        status="confirmed",
        length_m=circuit.length_m,
        direction="cw",
        line=Line(step_m=circuit.length_m / len(x), x=tuple(x.tolist()), y=tuple(y.tolist())),
        created_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        quality=Quality(laps=3, users=2, closure_m=0.1),
        track_name=NAME,
        sectors=tuple(Station(s) for s in (0.0, *circuit.sector_lines_m)),
    )
