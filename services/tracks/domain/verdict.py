"""The verdict on a lap: a ladder from what it was found to be to what becomes of it and of its name. Pure.

A lap that lies on a known road teaches its line, whatever the game calls it. A road that nobody knew becomes a layout.
What contradicts the layout that has the lap's name is set aside as a contender, and the name follows the last drivers:
a game rebuilds a circuit under its old name, and then everybody's laps say so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal
from uuid import UUID, uuid5

from contracts.tracks import Deviation, LayoutLink, LayoutReference, Reason
from services.tracks.domain.recognition import Match

MAX_UNCONFIRMED: Final = 200
"""Layouts, and names, that one driver may have brought and nobody else has driven: a game has 50 to 130 of them."""
VOTES: Final = 2
VOTES_OF_CONFIRMED: Final = 3
_GIVEN_NAME: Final = re.compile(r"layout-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Holder:
    """The layout that has the name which a lap came under. A moderator may have pinned it."""

    layout_id: UUID
    is_confirmed: bool = False
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a lap is beside what is known.

    `same`, `reverse`, `variant` are of published layouts; `contender` is the unpublished layout of its name that it
    lies on, `from_holder` how it lies to the layout that has its name.
    """

    same: Match | None = None
    reverse: Match | None = None
    variant: Match | None = None
    contender: Match | None = None
    from_holder: Match | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`layout_id` is the road that was driven, None where nothing is kept of the lap.

    `act`: a new layout begins, or one that contends for the name, or the road is known and its line learns. `on` is how
    the lap lies to the line it was recognised by. `has_name`: the name that the lap came under is the layout's now.
    """

    status: Literal["accepted", "duplicate", "rejected"]
    reasons: tuple[Reason, ...] = ()
    act: Literal["nothing", "learn", "begin", "contend"] = "nothing"
    layout_id: UUID | None = None
    on: Match | None = None
    has_name: bool = False
    variant_of: Match | None = None
    reverse_of: Match | None = None
    deviation: Deviation | None = None

    @property
    def links(self) -> tuple[LayoutLink, ...]:
        """How a layout that begins with this lap is related to others."""
        variants = [LayoutLink("variant_of", self.variant_of.known.layout_id)] if self.variant_of else []
        reverses = [LayoutLink("reverse_of", self.reverse_of.known.layout_id)] if self.reverse_of else []
        return (*variants, *reverses)


def decide(
    found: Found,
    *,
    upload_id: UUID,
    game: str,
    track_id: str | None,
    holder: Holder | None,
    votes: Sequence[UUID],
    may_begin: bool,
) -> Verdict:
    """What becomes of a lap that nothing speaks against, and that came under the name `track_id` or under none.

    `votes` are the layouts that the last other drivers of that name drove, one for each, the last first.
    """
    if track_id is not None and is_given_name(track_id) and not _is_on(found.same, holder):
        track_id = holder = None  # such names are given here, once and for ever: no lap takes one to another road
    if found.same:
        layout_id = found.same.known.layout_id
        is_mine = track_id is not None and (holder is None or _name_goes_to(layout_id, holder, votes))
        if not may_begin and ((is_mine and holder is None) or found.same.known.game != game):
            return _too_many()
        return Verdict(
            "duplicate",
            _known(found.same, track_id, is_mine),
            "learn",
            layout_id,
            on=found.same,
            has_name=is_mine,
            deviation=found.same.deviation,
        )
    if holder is None:
        related = found.variant or found.reverse
        begun = Verdict(
            "accepted",
            act="begin",
            layout_id=layout_of(upload_id),
            has_name=track_id is not None,
            variant_of=found.variant,
            reverse_of=found.reverse,
            deviation=related.deviation if related else None,
        )
        return begun if may_begin else _too_many()
    if found.contender and _name_goes_to(found.contender.known.layout_id, holder, votes):
        winner = found.contender
        return Verdict("accepted", (), "learn", winner.known.layout_id, on=winner, has_name=True)
    differs = Verdict(
        "rejected",
        (_differs(found.from_holder),),
        variant_of=found.variant,
        reverse_of=found.reverse,
        deviation=found.from_holder.deviation if found.from_holder else None,
    )
    if found.contender:
        return replace(differs, act="learn", layout_id=found.contender.known.layout_id, on=found.contender)
    return replace(differs, act="contend", layout_id=layout_of(upload_id)) if may_begin else _too_many()


def refused(reasons: tuple[Reason, ...]) -> Verdict:
    return Verdict("rejected", reasons)


def layout_of(upload_id: UUID) -> UUID:
    """The layout that begins with that lap: the same one however often the lap is judged."""
    return uuid5(upload_id, "layout")


def given_name(layout_id: UUID) -> str:
    """What a layout is called in a game that does not say what it calls it."""
    return f"layout-{layout_id.hex[:12]}"


def is_given_name(track_id: str) -> bool:
    return _GIVEN_NAME.fullmatch(track_id) is not None


def line_name(verdict: Verdict, track_id: str | None) -> str:
    """What a line that begins with this lap is called in its game."""
    assert verdict.layout_id is not None
    if track_id is not None and (verdict.has_name or verdict.act == "contend"):
        return track_id
    return given_name(verdict.layout_id)


def reference_to(match: Match | None) -> LayoutReference | None:
    return LayoutReference(match.known.game, match.known.track_id) if match else None


def _is_on(same: Match | None, holder: Holder | None) -> bool:
    return same is not None and holder is not None and same.known.layout_id == holder.layout_id


def _name_goes_to(layout_id: UUID, holder: Holder, votes: Sequence[UUID]) -> bool:
    """Whether the name is that layout's, or becomes it because the last drivers agree; this lap's is one of them."""
    if layout_id == holder.layout_id:
        return True
    others = (VOTES_OF_CONFIRMED if holder.is_confirmed else VOTES) - 1
    return not holder.is_pinned and len(votes) >= others and all(vote == layout_id for vote in votes[:others])


def _known(match: Match, track_id: str | None, is_mine: bool) -> tuple[Reason, ...]:
    message = f"The map of this track is known: this lap lies about {match.deviation.rms:.1f} m from it."
    known = Reason("duplicate", message)
    if is_mine or track_id is None:
        return (known,)
    message = f"The lap was driven on {match.known.track_id}, and {track_id} is the name of another layout."
    return known, Reason("name_of_another_layout", message)


def _differs(from_holder: Match | None) -> Reason:
    if from_holder is None:
        return Reason("differs_from_published", "The lap is not on the road whose name it has.")
    message = f"The lap leaves the published map of this track by {from_holder.deviation.max:.0f} m."
    return Reason("differs_from_published", message, at=from_holder.at)


def _too_many() -> Verdict:
    message = (
        f"{MAX_UNCONFIRMED} layouts or names that you brought wait for a second driver: another one is taken when some"
        " of them are confirmed."
    )
    return refused((Reason("too_many_unconfirmed_layouts", message),))
