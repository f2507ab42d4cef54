"""Reading the published maps over HTTP: validators, compression, versions, lists."""

from __future__ import annotations

import gzip
import hashlib

import msgspec
from laps import circuit
from tracks_service import Tracks

from contracts.tracks import TrackList, TrackMap
from services.tracks.objects import Objects


async def test_a_map_is_read_once_and_then_only_asked_about(tracks: Tracks, objects: Objects):
    accepted = (await tracks.send(track_name="Testring")).upload
    plain = await tracks.get("/tracks/f1/testring")
    made = msgspec.json.decode(plain.raw, type=TrackMap)
    assert (made.layout_id, made.track_name, made.status) == (accepted.layout_id, "Testring", "provisional")
    assert plain.headers["content-type"] == "application/json"
    assert plain.headers["etag"] == f'"{hashlib.sha256(plain.raw).hexdigest()}"'
    assert (plain.headers["cache-control"], plain.headers["vary"]) == ("private, no-cache", "Accept-Encoding")
    assert "content-encoding" not in plain.headers

    compressed = await tracks.get("/tracks/f1/testring", accept_encoding="br, gzip")
    assert (compressed.headers["content-encoding"], gzip.decompress(compressed.raw)) == ("gzip", plain.raw)
    assert compressed.headers["etag"] == plain.headers["etag"]

    pinned = await tracks.get("/tracks/f1/testring?version=1&format=json")
    assert pinned.raw == plain.raw
    assert pinned.headers["cache-control"] == "private, max-age=86400"

    # Storage loses the document: who has it already is not disturbed.
    await objects.delete(f"maps/{plain.headers['etag'].strip(chr(34))}.json.gz")
    known = await tracks.get("/tracks/f1/testring", if_none_match=plain.headers["etag"])
    assert (known.status, known.raw, known.headers["etag"]) == (304, b"", plain.headers["etag"])
    lost = await tracks.get("/tracks/f1/testring", if_none_match='"another"')
    assert (lost.status, lost.body["code"], lost.headers["retry-after"]) == (503, "unavailable", "30")


async def test_maps_are_listed_in_order_and_by_page(tracks: Tracks):
    told = {"gt7/spa": "accepted", "f1/spa": "duplicate", "f1/monza": "duplicate"}  # one road of three names
    for name, status in told.items():
        game, track_id = name.split("/")
        assert (await tracks.send(game=game, track_id=track_id)).upload.status == status

    async def listed(query: str) -> list[tuple[str, str]]:
        body = (await tracks.get(f"/tracks{query}")).raw
        return [(track.game, track.track_id) for track in msgspec.json.decode(body, type=TrackList).tracks]

    assert await listed("") == [("f1", "monza"), ("f1", "spa"), ("gt7", "spa")]
    assert await listed("?game=f1") == [("f1", "monza"), ("f1", "spa")]
    assert await listed("?track_id=spa") == [("f1", "spa"), ("gt7", "spa")]
    assert await listed("?game=gt7&track_id=monza") == []
    assert await listed("?limit=2") == [("f1", "monza"), ("f1", "spa")]
    assert await listed("?limit=2&after=f1/spa") == [("gt7", "spa")]
    assert await listed("?game=f1&after=f1/monza") == [("f1", "spa")]
    assert await listed("?game=f1&track_id=spa&after=f1/spa") == []


async def test_the_versions_of_a_map_carry_their_validators(tracks: Tracks):
    await tracks.send()
    (version,) = (await tracks.get("/tracks/f1/testring/versions")).body["versions"]
    found = await tracks.get("/tracks/f1/testring")
    assert (version["version"], f'"{version["etag"]}"') == (1, found.headers["etag"])
    assert version["length_m"] == found.body["length_m"]


async def test_what_there_is_no_map_of_is_unknown(tracks: Tracks):
    await tracks.send(circuit())
    for path in ("/tracks/f1/nowhere", "/tracks/f1/nowhere/versions", "/tracks/f1/testring?version=2"):
        answer = await tracks.get(path)
        assert (answer.status, answer.body["code"]) == (404, "track_unknown"), path


async def test_an_address_or_a_question_of_the_wrong_form_is_refused_by_name(tracks: Tracks):
    for path, field in {
        "/tracks/f1/spa?format=kml": "query.format",
        "/tracks/f1/spa?version=0": "query.version",
        "/tracks/f1/spa?version=99999999999": "query.version",
        "/tracks/f1/%00": "path.track_id",
        "/tracks/..%2f/spa/versions": "path.game",
        "/tracks?game=%00": "query.game",
        "/tracks?track_id=a%0a": "query.track_id",
        "/tracks?limit=1001": "query.limit",
        "/tracks?after=spa": "query.after",
    }.items():
        answer = await tracks.get(path)
        assert (answer.status, answer.body["errors"][0]["field"]) == (422, field), path
