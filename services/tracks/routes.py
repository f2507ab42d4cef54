"""What can be asked of tracks over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar import MediaType, Response, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED, HTTP_304_NOT_MODIFIED

from chassis.guards import requires
from chassis.problems import documented
from contracts.identity import Identity, Scope
from contracts.problem import BodyTooLarge, InvalidRequest, Unauthenticated, Unavailable
from contracts.tracks import MapAllowance, MapAllowanceUsedUp, TrackList, TrackMap, TrackVersions, Upload, UploadStatus
from services.tracks import negotiation
from services.tracks.domain import (
    MAX_TRACKS_LISTED,
    SLUG_PATTERN,
    IdempotencyKeyReused,
    TooManyUploadsWaiting,
    TrackUnknown,
    UploadUnknown,
    wait_asked_for,
)
from services.tracks.library import Library
from services.tracks.reception import Reception

_READER = {"guards": [requires(scope=Scope.TRACKS_READ)], "security": [{"bearer": []}]}
_UPLOADER = {"guards": [requires(scope=Scope.TRACKS_WRITE)], "security": [{"bearer": []}]}
Who = NamedDependency[Identity]
Desk = NamedDependency[Reception]
Shelves = NamedDependency[Library]
Name = Annotated[str, PathParameter(pattern=SLUG_PATTERN, max_length=64)]
Filter = Annotated[str | None, QueryParameter(pattern=SLUG_PATTERN, max_length=64)]
Key = Annotated[str | None, HeaderParameter(name="Idempotency-Key", pattern=r"^[\x21-\x7e]{1,128}$")]
Prefer = Annotated[str | None, HeaderParameter(name="Prefer", max_length=256)]
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


@post(
    "/tracks/upload",
    status_code=HTTP_202_ACCEPTED,
    responses=documented(
        InvalidRequest, IdempotencyKeyReused, BodyTooLarge, TooManyUploadsWaiting, Unauthenticated, Unavailable
    ),
    **_UPLOADER,
)
async def upload(
    data: JSONBody[Upload],
    identity: Who,
    reception: Desk,
    idempotency_key: Key = None,
    prefer: Prefer = None,
) -> Response[UploadStatus]:
    """Send a driven lap. It is judged at once: poll the address in `Location`, or ask with `Prefer: wait=N` (10 s at
    most) for the verdict in this answer."""
    upload_id = await reception.receive(data, identity.user_id, idempotency_key)
    wait_s = wait_asked_for(prefer)
    headers = {"location": f"/tracks/uploads/{upload_id}"}
    if wait_s is None:
        return Response(await reception.status(upload_id, identity.user_id), headers=headers)
    headers["preference-applied"] = "wait"
    return Response(await reception.verdict(upload_id, identity.user_id, wait_s), headers=headers)


@get("/tracks/uploads/{upload_id:uuid}", responses=documented(UploadUnknown, Unauthenticated), **_READER)
async def upload_status(upload_id: FromPath[UUID], identity: Who, reception: Desk) -> UploadStatus:
    """How an upload of yours stands: the verdict, its reasons, and the map it made or repeats."""
    return await reception.status(upload_id, identity.user_id)


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
    game: Name,
    track_id: Name,
    library: Shelves,
    version: Version = None,
    format: FromQuery[Literal["json"]] = "json",
    if_none_match: IfNoneMatch = None,
    accept_encoding: AcceptEncoding = None,
) -> Response[bytes] | Response[None]:
    """The map of a track: its newest version, or the one asked for.

    Which maps an account takes in a day is counted by `taken`, for most of them are given from the gateway's memory.
    """
    found = await library.find(game, track_id, version)
    headers = negotiation.headers(found.etag, pinned=version is not None)
    if negotiation.has_already(if_none_match, found.etag):
        return Response(None, status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    compressed = negotiation.takes_gzip(accept_encoding)
    if compressed:
        headers["content-encoding"] = "gzip"
    body = await library.document(found, compressed=compressed)
    return Response(body, headers=headers, media_type=MediaType.JSON)


@get(
    "/tracks/{game:str}/{track_id:str}/versions",
    responses=documented(TrackUnknown, InvalidRequest, Unauthenticated),
    **_READER,
)
async def versions(game: Name, track_id: Name, library: Shelves) -> TrackVersions:
    """The versions of a map, newest first."""
    return await library.versions(game, track_id)


@put("/tracks/{game:str}/{track_id:str}/taken", include_in_schema=False, **_READER)
async def taken(game: Name, track_id: Name, identity: Who, library: Shelves) -> MapAllowance:
    """Asked by the gateway before it hands a map out, and let in by it for nobody: may this account have it today?"""
    return await library.take(identity, game, track_id)


ROUTES = [upload, upload_status, tracks, track_map, versions, taken]
