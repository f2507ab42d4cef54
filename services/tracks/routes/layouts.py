"""What moderators ask about layouts, and do to them."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK

from chassis.guards import requires
from chassis.problems import documented
from contracts.identity import Identity, Role
from contracts.layouts import (
    ActList,
    ConfirmLayout,
    EditCorners,
    LayoutHistory,
    LayoutList,
    LayoutState,
    MergeLayout,
    RenameLayout,
    SplitLayout,
    WithdrawLayout,
)
from contracts.problem import Forbidden, InvalidRequest, Unauthenticated, Unavailable
from services.tracks.domain.moderation import LayoutGone, LayoutUnknown, LineUnknown, NothingToSplit, NotMergeable
from services.tracks.domain.uploads import SLUG_PATTERN
from services.tracks.moderation import Moderation
from services.tracks.rearranging import Rearranging

_MODERATOR: dict[str, Any] = {"guards": [requires(Role.MODERATOR)], "security": [{"bearer": []}]}
_NO = (Unauthenticated, Forbidden, InvalidRequest)
_LOOKING: dict[str, Any] = _MODERATOR | {"responses": documented(*_NO, LayoutUnknown)}
_ACTING: dict[str, Any] = _MODERATOR | {
    "responses": documented(*_NO, LayoutUnknown, LineUnknown, LayoutGone, NotMergeable, NothingToSplit, Unavailable)
}
Who = NamedDependency[Identity]
Desk = NamedDependency[Moderation]
Board = NamedDependency[Rearranging]
Game = Annotated[str | None, QueryParameter(pattern=SLUG_PATTERN, max_length=64)]
Text = Annotated[
    str | None,
    QueryParameter(
        min_length=1, max_length=96, pattern=r"^[^\x00-\x1f\x7f]+$", description="what it is called, in part"
    ),
]
Limit = Annotated[int, QueryParameter(ge=1, le=100)]


@get("/tracks/layouts", **_LOOKING)
async def layouts(
    moderation: Desk,
    in_state: FromQuery[LayoutState | None] = None,  # `state` is a name of the framework's
    game: Game = None,
    text: Text = None,
    after: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> LayoutList:
    """The layouts, the newest first."""
    return await moderation.layouts(in_state, game, text, after, limit)


@get("/tracks/layouts/{layout_id:uuid}", **_LOOKING)
async def layout(layout_id: FromPath[UUID], moderation: Desk) -> LayoutHistory:
    """A layout with its names, lines, links and drivers, and what was done to it."""
    return await moderation.layout(layout_id)


@get("/tracks/acts", **_LOOKING)
async def acts(moderation: Desk, before: FromQuery[UUID | None] = None, limit: Limit = 50) -> ActList:
    """What moderators did, to any layout, the newest first."""
    return await moderation.acts(before, limit)


@post("/tracks/layouts/{layout_id:uuid}/confirm", status_code=HTTP_200_OK, **_ACTING)
async def confirm(
    layout_id: FromPath[UUID], data: JSONBody[ConfirmLayout], identity: Who, moderation: Desk
) -> LayoutHistory:
    """Confirm a layout, whoever drove it. A contender is given the name that it contends for."""
    return await moderation.confirm(layout_id, data.reason, identity.user_id)


@post("/tracks/layouts/{layout_id:uuid}/merge", status_code=HTTP_200_OK, **_ACTING)
async def merge(
    layout_id: FromPath[UUID], data: JSONBody[MergeLayout], identity: Who, rearranging: Board
) -> LayoutHistory:
    """Merge a layout into another one, which is answered."""
    return await rearranging.merge(layout_id, data.into, data.reason, identity.user_id)


@post("/tracks/layouts/{layout_id:uuid}/split", status_code=HTTP_200_OK, **_ACTING)
async def split(
    layout_id: FromPath[UUID], data: JSONBody[SplitLayout], identity: Who, rearranging: Board
) -> LayoutHistory:
    """Let a name of a layout become a layout of its own, which is answered."""
    return await rearranging.split(layout_id, data.game, data.track_id, data.version, data.reason, identity.user_id)


@post("/tracks/layouts/{layout_id:uuid}/rename", status_code=HTTP_200_OK, **_ACTING)
async def rename(
    layout_id: FromPath[UUID], data: JSONBody[RenameLayout], identity: Who, moderation: Desk
) -> LayoutHistory:
    """Name the venue and the layout, in a new version of each of its maps."""
    return await moderation.rename(layout_id, data.venue, data.layout_name, data.reason, identity.user_id)


@post("/tracks/layouts/{layout_id:uuid}/withdraw", status_code=HTTP_200_OK, **_ACTING)
async def withdraw(
    layout_id: FromPath[UUID], data: JSONBody[WithdrawLayout], identity: Who, moderation: Desk
) -> LayoutHistory:
    """Withdraw a version, a game's maps, or the whole layout. A later lap may begin anew."""
    return await moderation.withdraw(layout_id, data.game, data.version, data.reason, identity.user_id)


@put("/tracks/layouts/{layout_id:uuid}/corners", **_ACTING)
async def corners(
    layout_id: FromPath[UUID], data: JSONBody[EditCorners], identity: Who, moderation: Desk
) -> LayoutHistory:
    """Replace the corners of a game's map, in a new version of it."""
    return await moderation.corners(layout_id, data.game, data.corners, data.reason, identity.user_id)


ROUTES = [layouts, layout, acts, confirm, merge, split, rename, withdraw, corners]
