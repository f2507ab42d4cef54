"""Reading a map in other formats over HTTP: what it is called, its validators, and who makes it how often."""

from __future__ import annotations

import asyncio
import gzip
import json
import xml.etree.ElementTree as ET

import pytest
from known_maps import known_map
from tracks_service import Parts, Tracks

from services.tracks.domain import document
from services.tracks.domain.formats import FORMATS
from services.tracks.objects import Objects
from services.tracks.renditions import Renditions
from services.tracks.store.maps import PublishedMap

MEDIA_TYPES = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "svg": "image/svg+xml",
    "csv": "text/csv; header=present; charset=utf-8",
}


async def test_a_map_is_given_in_every_format_under_its_own_tag(tracks: Tracks, objects: Objects):
    await tracks.send(track_name="Test <ring>")
    content = (await tracks.get("/tracks/f1/testring")).headers["etag"].strip('"')
    tags = set()
    for name, media_type in MEDIA_TYPES.items():
        path = f"/tracks/f1/testring?format={name}"
        plain = await tracks.get(path)
        assert (plain.status, plain.headers["content-type"]) == (200, media_type)
        compressed = await tracks.get(path, accept_encoding="gzip")
        assert (compressed.headers["content-encoding"], gzip.decompress(compressed.raw)) == ("gzip", plain.raw)
        assert plain.headers["etag"] == compressed.headers["etag"]
        assert plain.headers["vary"] == "Accept-Encoding"
        tags.add(plain.headers["etag"])
    assert len(tags) == len(FORMATS)

    # Storage loses the document: who has it already is told so, whatever the format.
    await objects.delete(f"maps/{content}.json.gz")
    for tag, name in zip(sorted(tags), sorted(MEDIA_TYPES), strict=True):
        known = await tracks.get(f"/tracks/f1/testring?format={name}", if_none_match=", ".join(tags))
        assert (known.status, known.raw) == (304, b""), tag
    other = await tracks.get("/tracks/f1/testring", if_none_match=next(tag for tag in tags if ".svg" in tag))
    assert other.status == 503, "a picture is not the document"


async def test_a_picture_that_tells_a_stranger_s_words_runs_nothing(tracks: Tracks):
    await tracks.send(track_name="</title><script>alert(1)</script>")
    picture = await tracks.get("/tracks/f1/testring?format=svg&version=1")
    assert picture.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    root = ET.fromstring(picture.raw)
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "</title><script>alert(1)</script>"
    collection = json.loads((await tracks.get("/tracks/f1/testring?format=geojson")).raw)
    assert collection["features"][0]["properties"]["track_name"] == "</title><script>alert(1)</script>"


async def test_an_unknown_format_or_track_is_refused(tracks: Tracks):
    await tracks.send()
    wrong = await tracks.get("/tracks/f1/testring?format=kml")
    assert (wrong.status, wrong.body["errors"][0]["field"]) == (422, "query.format")
    for query in ("format=svg&version=2", "format=csv&version=9"):
        assert (await tracks.get(f"/tracks/f1/testring?{query}")).body["code"] == "track_unknown"
    assert (await tracks.get("/tracks/f1/nowhere?format=svg")).body["code"] == "track_unknown"


@pytest.fixture
async def published(parts: Parts) -> PublishedMap:
    return await stored(parts, "a")


async def stored(parts: Parts, name: str) -> PublishedMap:
    made = known_map(track_name=name)
    written = document.write(made)
    await parts.objects.put(written.storage_path, written.compressed)
    return PublishedMap(made.layout_id, made.version, written.etag, written.storage_path)


async def test_what_many_ask_for_is_made_once(parts: Parts, published: PublishedMap):
    renditions = Renditions(parts.objects)
    first, *others = await asyncio.gather(*(renditions.of(published, "svg") for _ in range(5)))
    assert all(other is first for other in others)
    assert b"<svg" in gzip.decompress(first)
    assert await renditions.of(published, "csv") != first


async def test_what_is_kept_has_a_bound_and_the_least_used_goes_first(parts: Parts):
    a, b, c = [await stored(parts, name) for name in "abc"]
    size = len(await Renditions(parts.objects).of(a, "svg"))
    renditions = Renditions(parts.objects, most_bytes=size * 5 // 2)
    kept = await renditions.of(a, "svg")
    dropped = await renditions.of(b, "svg")
    assert await renditions.of(a, "svg") is kept
    await renditions.of(c, "svg")
    assert await renditions.of(a, "svg") is kept
    again = await renditions.of(b, "svg")
    assert again == dropped
    assert again is not dropped
