"""Laps that drivers send, and what becomes of them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED

from chassis.bodies import ReadOnce, Sealed, SealedBody
from chassis.guards import requires
from chassis.problems import documented
from contracts.identity import Identity, Scope
from contracts.problem import BodyTooLarge, InvalidRequest, Unauthenticated, Unavailable
from contracts.tracks import Upload, UploadStatus
from services.tracks.domain.uploads import (
    IdempotencyKeyReused,
    TooManyUploadsWaiting,
    UploadUnknown,
    wait_asked_for,
)
from services.tracks.reception import Reception

_READER = {"guards": [requires(scope=Scope.TRACKS_READ)], "security": [{"bearer": []}]}
_UPLOADER = {"guards": [requires(scope=Scope.TRACKS_WRITE)], "security": [{"bearer": []}]}
Who = NamedDependency[Identity]
Desk = NamedDependency[Reception]
Key = Annotated[str | None, HeaderParameter(name="Idempotency-Key", pattern=r"^[\x21-\x7e]{1,128}$")]
Prefer = Annotated[str | None, HeaderParameter(name="Prefer", max_length=256)]


class SealedUpload(SealedBody):
    kind = Upload


@post(
    "/tracks/upload",
    status_code=HTTP_202_ACCEPTED,
    dto=SealedUpload,
    return_dto=None,
    request_class=ReadOnce,
    responses=documented(
        InvalidRequest, IdempotencyKeyReused, BodyTooLarge, TooManyUploadsWaiting, Unauthenticated, Unavailable
    ),
    **_UPLOADER,
)
async def upload(
    data: JSONBody[Sealed[Upload]],
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


ROUTES = [upload, upload_status]
