"""What moderators may do to layouts: what is refused, and what becomes of a map. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import structs

from contracts.layouts import EditedCorner, LayoutState
from contracts.problem import FieldError, InvalidRequest, Problem
from contracts.tracks import Corner, MapStatus, TrackMap


class LayoutUnknown(Problem):
    """There is no layout with that id."""

    status = 404


class LineUnknown(Problem):
    """That game has no map of this layout, or not in that version."""

    status = 404


class LayoutGone(Problem):
    """This layout was withdrawn, or merged into another one."""

    status = 409


class NotMergeable(Problem):
    """These layouts cannot be merged."""

    status = 409


class NothingToSplit(Problem):
    """That is not one of several names of this layout."""

    status = 409


def check_lives(state: LayoutState) -> None:
    """
    Raises:
        LayoutGone: nothing can be done to it any more.
    """
    if state in ("withdrawn", "merged"):
        raise LayoutGone


def check_published(state: LayoutState) -> None:
    """
    Raises:
        LayoutGone: there is no map of it any more.
        LineUnknown: there was none yet.
    """
    check_lives(state)
    if state == "contender":
        raise LineUnknown("Nothing of a contender can be had: confirm it first.")


def check_mergeable(state: LayoutState, into: LayoutState, *, is_itself: bool) -> None:
    """
    Raises:
        LayoutGone: it is not there to be merged.
        NotMergeable: says why.
    """
    check_lives(state)
    if is_itself:
        raise NotMergeable("A layout cannot be merged into itself.")
    if into not in ("provisional", "confirmed"):
        raise NotMergeable(f"The other layout is {into}: names can only be given to one whose maps can be had.")


def check_titles(**titles: str | None) -> None:
    """
    Raises:
        InvalidRequest: nothing is named, or by what cannot be printed.
    """
    if not any(titles.values()):
        raise InvalidRequest(errors=(FieldError("venue", "Say a venue, a layout_name, or both."),))
    wrong = tuple(
        FieldError(field, "Only characters that can be printed are taken.")
        for field, title in titles.items()
        if title is not None and not title.isprintable()
    )
    if wrong:
        raise InvalidRequest(errors=wrong)


def check_withdrawal(game: str | None, version: int | None) -> None:
    """
    Raises:
        InvalidRequest: a version without the game that it is of.
    """
    if version is not None and game is None:
        raise InvalidRequest(errors=(FieldError("game", "A version is one game's: say which."),))


def checked(corners: Sequence[EditedCorner], length_m: float) -> tuple[Corner, ...]:
    """The corners of a line of that length, if they can be those of a lap.

    Raises:
        InvalidRequest: names those that cannot.
    """
    errors: list[FieldError] = []
    for number, corner in enumerate(corners):
        field = f"corners[{number}]"
        places = (("apex_s", corner.apex_s), ("start_s", corner.start_s), ("end_s", corner.end_s))
        errors += [
            FieldError(f"{field}.{name}", f"The lap is only {length_m:.0f} m long.")
            for name, s in places
            if s is not None and s > length_m
        ]
        if corner.name is not None and not corner.name.isprintable():
            errors.append(FieldError(f"{field}.name", "Only characters that can be printed are taken."))
        if number and corner.n <= corners[number - 1].n:
            errors.append(
                FieldError(f"{field}.n", "Corners are numbered in the order in which they are driven through.")
            )
        if number and corner.apex_s <= corners[number - 1].apex_s:
            errors.append(FieldError(f"{field}.apex_s", "It lies before the corner that comes before it."))
    if errors:
        raise InvalidRequest(errors=tuple(errors))
    return tuple(Corner(**structs.asdict(corner)) for corner in corners)


def status_in(state: LayoutState) -> MapStatus:
    """What the maps of a layout in that state say of themselves."""
    return "confirmed" if state == "confirmed" else "provisional"


def following(track_map: TrackMap, last_version: int, at: datetime, **changes: object) -> TrackMap:
    """This map as the version after `last_version`, with these fields changed."""
    return structs.replace(track_map, version=last_version + 1, created_at=at, **changes)
