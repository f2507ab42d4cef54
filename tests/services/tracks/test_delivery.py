"""Maps behind a content delivery network: where they are said to be, and how long they may be kept there."""

from __future__ import annotations

from uuid import uuid4

import pytest
from laps import circuit, upload_of
from msgspec import structs
from tracks_service import Parts

from contracts.tracks import TrackPublished
from services.tracks.moderation import Moderation
from services.tracks.settings import TracksSettings

CDN = "https://maps.raceoverlay.example"


async def test_the_address_of_a_document_is_told_with_each_version_and_to_everybody(settings: TracksSettings):
    async with Parts.open(structs.replace(settings, maps_cdn_url=f"{CDN}/")) as parts:
        status = await parts.judge(await parts.receive(upload_of(circuit()), uuid4()))
        assert status.layout_id
        await Moderation(parts.database, parts.objects).confirm(status.layout_id, "It is there.", uuid4())
        newest, first = (await parts.library.versions("f1", "testring")).versions
        told = await parts.recorded(TrackPublished)
        assert (
            [event.url for event in told]
            == [first.url, newest.url]
            == [f"{CDN}/maps/{version.etag}.json.gz" for version in (first, newest)]
        )
        assert (first.status, newest.status) == ("provisional", "confirmed")


async def test_maps_may_be_kept_for_ever_and_laps_as_they_were_sent_are_nobody_s(parts: Parts):
    sent = await parts.receive(upload_of(circuit()), uuid4())
    await parts.judge(sent)
    found = await parts.library.find("f1", "testring", None)
    assert await said_of(parts, found.storage_path) == "public, max-age=31536000, immutable"
    assert await said_of(parts, sent.storage_path) is None
    assert parts.objects.public_url(found.storage_path) is None, "there is no network unless one is set up"
    for base in ("", CDN):
        objects = type(parts.objects)(structs.replace(parts.objects._settings, maps_cdn_url=base))
        assert objects.public_url(sent.storage_path) is None


async def said_of(parts: Parts, path: str) -> str | None:
    head = await parts.objects._client.head_object(Bucket=parts.objects._bucket, Key=path)
    return head.get("CacheControl")


@pytest.mark.parametrize("address", ["maps.raceoverlay.example", "http://maps.raceoverlay.example", "ftp://x"])
def test_drivers_are_sent_to_no_address_that_is_not_encrypted(settings: TracksSettings, address: str):
    with pytest.raises(ValueError, match="MAPS_CDN_URL"):
        structs.replace(settings, maps_cdn_url=address)
