"""The published maps."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, HeaderParameter, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_304_NOT_MODIFIED

from chassis.guards import requires
from chassis.problems import documented
from contracts.identity import Identity, Scope
from contracts.problem import InvalidRequest, Unauthenticated, Unavailable
from contracts.tracks import MapAllowance, MapAllowanceUsedUp, TrackList, TrackMap, TrackVersions
from services.tracks import negotiation
from services.tracks.domain.formats import FORMATS, Name, tag
from services.tracks.domain.uploads import MAX_TRACKS_LISTED, SLUG_PATTERN, TrackUnknown
from services.tracks.library import Library

_READER = {"guards": [requires(scope=Scope.TRACKS_READ)], "security": [{"bearer": []}]}
Who = NamedDependency[Identity]
Shelves = NamedDependency[Library]
Address = Annotated[str, PathParameter(pattern=SLUG_PATTERN, max_length=64)]
Filter = Annotated[str | None, QueryParameter(pattern=SLUG_PATTERN, max_length=64)]
IfNoneMatch = Annotated[str | None, HeaderParameter(name="If-None-Match")]
AcceptEncoding = Annotated[str | None, HeaderParameter(name="Accept-Encoding")]
Version = Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1, description="a version; without it the newest")]
Limit = Annotated[int, QueryParameter(ge=1, le=MAX_TRACKS_LISTED)]
After = Annotated[
    str | None,
    QueryParameter(
        pattern=r"^[A-Za-z0-9._-]{1,64}/[A-Za-z0-9._-]{1,64}(?!\n)$", description="game/track_id: begin after it"
    ),
]


@get("/tracks", responses=documented(InvalidRequest, Unauthenticated), **_READER)
async def tracks(
    library: Shelves,
    game: Filter = None,
    track_id: Filter = None,
    after: After = None,
    limit: Limit = MAX_TRACKS_LISTED,
) -> TrackList:
    """The tracks that there are maps of, in the order of game and track."""
    game_before, _, track_before = (after or "").partition("/")
    return await library.tracks(game, track_id, (game_before, track_before) if after else None, limit)


@get(
    "/tracks/{game:str}/{track_id:str}",
    responses={
        HTTP_200_OK: ResponseSpec(TrackMap, description="The map", generate_examples=False),
        HTTP_304_NOT_MODIFIED: ResponseSpec(None, description="You have it already", generate_examples=False),
        **documented(TrackUnknown, MapAllowanceUsedUp, InvalidRequest, Unauthenticated, Unavailable),
    },
    **_READER,
)
async def track_map(
    game: Address,
    track_id: Address,
    library: Shelves,
    version: Version = None,
    format: FromQuery[Name] = "json",
    if_none_match: IfNoneMatch = None,
    accept_encoding: AcceptEncoding = None,
) -> Response[bytes] | Response[None]:
    """The map of a track: its newest version, or the one asked for, as JSON, GeoJSON (in metres), SVG or CSV.

    Which maps an account takes in a day is counted by `taken`, for most of them are given from the gateway's memory.
    """
    found = await library.find(game, track_id, version)
    etag = tag(found.etag, format)
    headers = negotiation.headers(etag, pinned=version is not None) | FORMATS[format].headers
    if negotiation.has_already(if_none_match, etag):
        return Response(None, status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    compressed = negotiation.takes_gzip(accept_encoding)
    if compressed:
        headers["content-encoding"] = "gzip"
    body = await library.document(found, format, compressed=compressed)
    return Response(body, headers=headers, media_type=FORMATS[format].media_type)


@get(
    "/tracks/{game:str}/{track_id:str}/versions",
    responses=documented(TrackUnknown, InvalidRequest, Unauthenticated),
    **_READER,
)
async def versions(game: Address, track_id: Address, library: Shelves) -> TrackVersions:
    """The versions of a map, newest first."""
    return await library.versions(game, track_id)


@put("/tracks/{game:str}/{track_id:str}/taken", include_in_schema=False, **_READER)
async def taken(game: Address, track_id: Address, identity: Who, library: Shelves) -> MapAllowance:
    """Asked by the gateway before it hands a map out, and let in by it for nobody: may this account have it today?"""
    return await library.take(identity, game, track_id)


ROUTES = [tracks, track_map, versions, taken]
