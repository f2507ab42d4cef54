"""The ladder from what a lap was found to be to what becomes of it and of its name."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from contracts.tracks import Deviation, LayoutLink
from services.tracks.domain.canonical import Loop
from services.tracks.domain.drive import IN_PLACE
from services.tracks.domain.recognition import Known, Match, Relation
from services.tracks.domain.verdict import (
    Found,
    Holder,
    Verdict,
    decide,
    given_name,
    is_given_name,
    layout_of,
    line_name,
)

UPLOAD = UUID("01980000-0000-7000-8000-000000000001")
NEW = layout_of(UPLOAD)
SPA, MONZA, OTHER = (UUID(int=number) for number in (1, 2, 3))
SQUARE = Loop.through(np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0]]), None)


def at(layout_id: UUID, relation: Relation, apart_m: float = 4.0) -> Match:
    known = Known(layout_id, "f1", {SPA: "spa", MONZA: "monza"}.get(layout_id, "elsewhere"), SQUARE)
    return Match(known, relation, Deviation(apart_m, 2 * apart_m, 3 * apart_m), 0.25, IN_PLACE)


SAME, VARIANT, REVERSE = at(SPA, "same"), at(SPA, "variant", 20.0), at(SPA, "reverse")
FROM_MONZA = at(MONZA, "other", 80.0)
CONTENDER = at(OTHER, "same")


def verdict(found: Found = Found(), track_id: str | None = "spa", **said: object) -> Verdict:
    return decide(
        found,
        **{
            "upload_id": UPLOAD,
            "game": "f1",
            "track_id": track_id,
            "holder": None,
            "votes": (),
            "may_begin": True,
            **said,
        },  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("found", "said", "expected"),
    [
        pytest.param(Found(), {}, ("accepted", "begin", NEW, True), id="a road that nobody knew is a layout"),
        pytest.param(
            Found(), {"track_id": None}, ("accepted", "begin", NEW, False), id="and has a name given where it had none"
        ),
        pytest.param(
            Found(SAME),
            {"holder": Holder(SPA)},
            ("duplicate", "learn", SPA, True),
            id="a lap of a known road teaches it",
        ),
        pytest.param(
            Found(SAME), {"track_id": "francorchamps"}, ("duplicate", "learn", SPA, True), id="a free name is linked"
        ),
        pytest.param(
            Found(SAME), {"track_id": None}, ("duplicate", "learn", SPA, False), id="without a name nothing is linked"
        ),
        pytest.param(
            Found(SAME, from_holder=FROM_MONZA),
            {"holder": Holder(MONZA), "votes": (MONZA,)},
            ("duplicate", "learn", SPA, False),
            id="a name of another layout stays with it",
        ),
        pytest.param(
            Found(SAME),
            {"holder": Holder(MONZA), "votes": (SPA, MONZA)},
            ("duplicate", "learn", SPA, True),
            id="until the last two drivers agree",
        ),
        pytest.param(
            Found(SAME),
            {"holder": Holder(MONZA, is_confirmed=True), "votes": (SPA, MONZA)},
            ("duplicate", "learn", SPA, False),
            id="three where it is confirmed",
        ),
        pytest.param(
            Found(SAME),
            {"holder": Holder(MONZA, is_confirmed=True), "votes": (SPA, SPA)},
            ("duplicate", "learn", SPA, True),
            id="and then it moves as well",
        ),
        pytest.param(
            Found(SAME),
            {"holder": Holder(MONZA, is_confirmed=True, is_pinned=True), "votes": (SPA, SPA)},
            ("duplicate", "learn", SPA, False),
            id="but never where a moderator pinned it",
        ),
        pytest.param(
            Found(from_holder=FROM_MONZA),
            {"holder": Holder(MONZA)},
            ("rejected", "contend", NEW, False),
            id="what contradicts the holder of its name contends for it",
        ),
        pytest.param(
            Found(contender=CONTENDER, from_holder=FROM_MONZA),
            {"holder": Holder(MONZA), "votes": (MONZA, OTHER)},
            ("rejected", "learn", OTHER, False),
            id="a contender is driven again",
        ),
        pytest.param(
            Found(contender=CONTENDER, from_holder=FROM_MONZA),
            {"holder": Holder(MONZA), "votes": (OTHER, MONZA)},
            ("accepted", "learn", OTHER, True),
            id="and wins by the second driver",
        ),
        pytest.param(
            Found(contender=CONTENDER, from_holder=FROM_MONZA),
            {"holder": Holder(MONZA, is_pinned=True), "votes": (OTHER, OTHER)},
            ("rejected", "learn", OTHER, False),
            id="but never against a moderator",
        ),
        pytest.param(
            Found(),
            {"may_begin": False},
            ("rejected", "nothing", None, False),
            id="who brought too many that nobody else drove brings no more",
        ),
        pytest.param(
            Found(from_holder=FROM_MONZA),
            {"holder": Holder(MONZA), "may_begin": False},
            ("rejected", "nothing", None, False),
            id="and sets none against others",
        ),
        pytest.param(
            Found(SAME),
            {"may_begin": False},
            ("rejected", "nothing", None, False),
            id="nor calls what is known by names of their own",
        ),
        pytest.param(
            Found(SAME),
            {"may_begin": False, "track_id": None, "game": "gt7"},
            ("rejected", "nothing", None, False),
            id="nor has it in games of their own",
        ),
        pytest.param(
            Found(SAME),
            {"may_begin": False, "holder": Holder(SPA)},
            ("duplicate", "learn", SPA, True),
            id="but may drive what is known",
        ),
    ],
)
def test_each_rung_of_the_ladder(found: Found, said: dict[str, object], expected: tuple[object, ...]):
    reached = verdict(found, **{"track_id": "spa", **said})  # type: ignore[arg-type]
    assert (reached.status, reached.act, reached.layout_id, reached.has_name) == expected


def test_a_duplicate_is_told_how_far_it_lies_from_the_known_road_and_whose_name_it_came_under():
    known = verdict(Found(SAME), holder=Holder(SPA))
    assert [reason.code for reason in known.reasons] == ["duplicate"]
    assert "4.0 m" in known.reasons[0].message
    assert known.deviation == SAME.deviation
    contested = verdict(Found(SAME), "monza", holder=Holder(MONZA))
    assert [reason.code for reason in contested.reasons] == ["duplicate", "name_of_another_layout"]
    assert "spa" in contested.reasons[1].message
    assert "monza" in contested.reasons[1].message


def test_what_differs_is_told_by_how_many_metres_and_where():
    (reason,) = verdict(Found(from_holder=FROM_MONZA), holder=Holder(MONZA)).reasons
    assert (reason.code, reason.at) == ("differs_from_published", 0.25)
    assert "240 m" in reason.message


def test_a_new_layout_is_linked_with_those_that_it_is_told_from():
    begun = verdict(Found(variant=VARIANT, reverse=REVERSE), "spa-2026")
    assert begun.links == (LayoutLink("variant_of", SPA), LayoutLink("reverse_of", SPA))
    assert begun.deviation == VARIANT.deviation
    contending = verdict(Found(variant=VARIANT, from_holder=replace(VARIANT)), holder=Holder(SPA))
    assert (contending.variant_of, contending.act) == (VARIANT, "contend")


def test_too_many_layouts_of_one_driver_have_a_reason_of_their_own():
    assert [reason.code for reason in verdict(may_begin=False).reasons] == ["too_many_unconfirmed_layouts"]


def test_a_line_is_called_as_its_game_calls_it_or_by_a_name_that_is_given():
    assert line_name(verdict(), "spa") == "spa"
    assert line_name(verdict(track_id=None), None) == given_name(NEW)
    assert line_name(verdict(Found(SAME), "monza", holder=Holder(MONZA)), "monza") == given_name(SPA)
    assert line_name(verdict(Found(from_holder=FROM_MONZA), "monza", holder=Holder(MONZA)), "monza") == "monza"


def test_nobody_takes_a_name_that_is_to_be_given():
    taken = given_name(SPA)
    assert is_given_name(taken)
    assert not is_given_name("layout-of-spa")
    assert verdict(track_id=taken).has_name is False
    elsewhere = verdict(Found(SAME), given_name(MONZA), holder=Holder(MONZA), votes=(SPA, SPA))
    assert (elsewhere.layout_id, elsewhere.has_name) == (SPA, False)
    unknown = verdict(Found(contender=CONTENDER, from_holder=FROM_MONZA), given_name(MONZA), holder=Holder(MONZA))
    assert (unknown.status, unknown.act, unknown.layout_id, unknown.has_name) == ("accepted", "begin", NEW, False)
    assert verdict(Found(SAME), taken, holder=Holder(SPA)).has_name is True
