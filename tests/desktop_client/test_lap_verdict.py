from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from contracts.tracks import LayoutReference, Reason, UploadStatus
from desktop_client.lap_verdict import verdict_in_words

SPA = LayoutReference("f1", "10")
KNOWN = Reason("duplicate", "The map of this track is known: this lap lies about 1.2 m from it.")


def status(state: Any, *reasons: Reason, **more: Any) -> UploadStatus:
    return UploadStatus(UUID(int=1), state, reasons, **more)


@pytest.mark.parametrize(
    ("told", "before", "words"),
    [
        (status("received"), None, "Your lap is being judged."),
        (status("accepted", version=1), None, "Your lap made the first map of this track."),
        (status("accepted"), None, "Your lap made the first map of this track."),
        (status("accepted", version=4), 3, "Your lap brought version 4 of the map of this track."),
        (
            status("accepted", variant_of=SPA),
            None,
            "Your lap made the first map of this layout, a variant of 10 (f1).",
        ),
        (
            status("accepted", reverse_of=SPA),
            None,
            "Your lap made the first map of this layout: 10 (f1) the other way round.",
        ),
        (
            status("duplicate", KNOWN, version=3),
            3,
            "Your lap agrees with the map of this track, and helps to improve it.",
        ),
        (
            status("duplicate", KNOWN, version=4),
            3,
            "Your lap agrees with the map of this track, which is at version 4 now.",
        ),
        (
            status("duplicate", KNOWN, Reason("name_of_another_layout", "The lap was driven on b.")),
            None,
            "Your lap agrees with the map of this track, and helps to improve it. The lap was driven on b.",
        ),
        (
            status(
                "rejected", Reason("in_pit_lane", "The lap goes through the pit lane.", 0.9), Reason("x", "And more")
            ),
            None,
            "Your lap was refused. The lap goes through the pit lane. And more.",
        ),
        (
            status("rejected", *[Reason("x", "long " * 9000)] * 9),
            None,
            "Your lap was refused." + (" long" * 60 + ".") * 5,
        ),
        (
            status("accepted", variant_of=LayoutReference("g" * 9000, "t" * 9000)),
            None,
            f"Your lap made the first map of this layout, a variant of {'t' * 64} ({'g' * 64}).",
        ),
        (status("rejected"), None, "Your lap was refused; the cloud does not say why."),
    ],
)
def test_every_verdict_is_said_in_words_that_a_driver_understands(
    told: UploadStatus, before: int | None, words: str
) -> None:
    assert verdict_in_words(told, before) == words
