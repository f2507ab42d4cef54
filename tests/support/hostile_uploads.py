"""What attackers and broken programs send as a lap, as tables."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from functools import cache

import msgspec
import numpy as np
from laps import circuit, upload_of

from contracts.tracks import MAX_OTHERS, MAX_POINTS, MAX_POINTS_OF_OTHERS, PitPassage, Upload
from services.tracks.domain.uploads import MAX_BODY_BYTES

GOOD = msgspec.json.encode(upload_of(circuit(120)))
_DEEP = 100_000
_ZEROS = b"0" * 5000

NO_JSON: dict[str, bytes] = {
    "nothing but a blank": b" ",
    "half a lap": GOOD[: len(GOOD) // 2],
    "two laps": GOOD + GOOD,
    "UTF-16": GOOD.decode().encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "bytes that are no UTF-8 in a name": GOOD.replace(b"testring", b"\xff\xfe"),
    "bytes that are no UTF-8 in a key": GOOD[:-1] + b',"\xc3\x28":1}',
    "half a pair of surrogates": GOOD[:-1] + b',"track_name":"\\ud800"}',
    "a form": b"game=f1&lap_valid=true",
    "XML": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "MessagePack": msgspec.msgpack.encode(upload_of(circuit(120))),
    "a pickle": b"\x80\x04cos\nsystem\n(S'true'\ntR.",
    "gzip that does not say so": gzip.compress(GOOD),
    "NaN": GOOD.replace(b'"points":[[', b'"points":[[NaN,1.0],['),
    "Infinity": GOOD.replace(b'"points":[[', b'"points":[[-Infinity,1.0],['),
    "a number in hex": GOOD.replace(b'"points":[[', b'"points":[[0x10,1.0],['),
    "a number with zeros before it": GOOD.replace(b'"points":[[', b'"points":[[' + _ZEROS + b",1.0],["),
}

NO_LAP: dict[str, tuple[bytes, str]] = {
    "a list": (b"[]", "body"),
    "null": (b"null", "body"),
    "a text": (b'"lap"', "body"),
    "an empty object": (b"{}", "game"),
    "a depth without an end": (b"[" * _DEEP, "body"),
    "depth in a field that is none": (GOOD[:-1] + b',"x":' + b"[" * _DEEP + b"]" * _DEEP + b"}", "x"),
    "depth in points": (b'{"game":"f1","lap_valid":true,"points":' + b"[" * _DEEP, "points[0][0]"),
    "objects in objects": (b'{"pit":' * _DEEP, "pit.pit"),
    "800,000 points": (
        b'{"game":"f1","lap_valid":true,"points":[' + b",".join([b"[1,2]"] * 800_000) + b"]}",
        "points",
    ),
    "a field of a parent class": (GOOD[:-1] + b',"__class__":{}}', "__class__"),
    "1e308": (GOOD.replace(b'"points":[[', b'"points":[[1e308,1.0],['), "points[0]"),
    "-1e308": (GOOD.replace(b'"points":[[', b'"points":[[1.0,-1e308],['), "points[0]"),
    "1e400": (GOOD.replace(b'"points":[[', b'"points":[[1e400,1.0],['), "points[0][0]"),
    "five thousand digits": (GOOD.replace(b'"points":[[', b'"points":[[1' + _ZEROS + b",1.0],["), "points[0][0]"),
    "a number as a text": (GOOD.replace(b'"points":[[', b'"points":[["1",1.0],['), "points[0][0]"),
    "a number that is true": (GOOD.replace(b'"points":[[', b'"points":[[true,1.0],['), "points[0][0]"),
    "flags beyond all bits": (
        GOOD[:-1] + b',"flags":[' + b",".join([b"99999999999999999999"] * 120) + b"]}",
        "flags[0]",
    ),
}
"""A body, and the field that its refusal names."""


@cache
def packed_bodies() -> tuple[tuple[str, bytes], ...]:
    """A Content-Encoding, and what says to be under it: a good lap, and 100 MB in 100 KB."""
    bomb = b" " * (100 << 20)
    return (
        ("gzip", gzip.compress(GOOD)),
        ("gzip", gzip.compress(bomb, 1)),
        ("deflate", zlib.compress(bomb, 1)),
        ("gzip, gzip", gzip.compress(gzip.compress(GOOD))),
        ("br", b"\xcf\xff\xff\x7f\xf8'\x00\xe2\xb1@ \xf7\xfe\x9f"),
        ("zstd", GOOD),
        ("x" * 4000, GOOD),
    )


def wrong_kinds() -> Iterator[tuple[str, bytes]]:
    """Every field of a lap and of its pit lane, with everything in it that it may not be; and its name."""
    lap = msgspec.json.decode(GOOD)
    pit = {"entry_m": 100.0, "exit_m": 300.0}
    wrong = (
        None,
        True,
        -1,
        1.5,
        1e308,
        10**30,
        "",
        "x" * 5000,
        "a\x00b",
        [],
        [[]],
        [None],
        {},
        {"a": 1},
        [[1, 2], "a"],
    )
    for field in msgspec.structs.fields(Upload):
        for value in wrong:
            yield field.name, msgspec.json.encode(lap | {field.name: value})
    for field in msgspec.structs.fields(PitPassage):
        for value in wrong:
            yield f"pit.{field.name}", msgspec.json.encode(lap | {"pit": pit | {field.name: value}})


def beside_the_lap() -> Iterator[dict[str, object]]:
    """What a lap of good form may say beside its points, and no honest game would."""
    chance = np.random.default_rng(7)
    road = circuit(400)
    far, still = road + 9e6, np.zeros((400, 2))
    noise, jumps = chance.normal(0, 500, (2000, 2)), np.tile([[0.0, 0.0], [9000.0, 0.0]], (500, 1))
    wide = road * 1.04  # another car that drives twenty metres off the road, all the way
    for passage in (far, still, noise, jumps, wide, road[::-1]):
        yield {"other_cars": (_points(passage),) * 12}
    for entry, leaving in ((0.0, 0.0), (1e5, 1e5), (1e5, 0.0), (500.0, 499.0)):
        for way in ((), _points(far), _points(still), _points(noise)):
            yield {"pit": PitPassage(entry_m=entry, exit_m=leaving, speed_limit_mps=1e-300, points=way)}
    for sectors in ((0.0,) * 8, (1e5,) * 8, (3000.0, 2000.0, 1000.0), (1e-300, 1e-299)):
        yield {"sector_starts_m": sectors}
    yield {"flags": (65535 & ~3,) * 600}
    yield {"track_name": "=cmd|' /C calc'!A0", "layout_name": "<script>alert(1)</script>"}


def largest_lap(**said: object) -> bytes:
    """As many points as may be, and as many other cars as 5 MB hold."""
    lap = circuit(MAX_POINTS, scale=1.5)
    whole = circuit(MAX_POINTS_OF_OTHERS, scale=1.5).round(2)
    count = min(MAX_OTHERS, (MAX_BODY_BYTES - 500_000) // (len(whole) * 18))
    body = msgspec.json.encode(upload_of(lap.round(1), rate_hz=200.0, other_cars=(_points(whole),) * count, **said))
    assert MAX_BODY_BYTES * 0.8 < len(body) < MAX_BODY_BYTES
    return body


def _points(xy: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, np.clip(xy, -1e7, 1e7).tolist()))
