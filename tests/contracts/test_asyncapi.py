"""The catalogue of events is whole, and the document beside it says the same."""

from __future__ import annotations

import json
import re
from collections import Counter

from contracts import asyncapi
from contracts.asyncapi import EVENTS
from contracts.event import STREAMS, Event, stream_of, subject_of


def _declared(kind: type[Event] = Event) -> set[type[Event]]:
    return {event for child in kind.__subclasses__() for event in {child, *_declared(child)}}


def test_every_declared_event_is_in_the_catalogue() -> None:
    assert {kind for kind in _declared() if kind.__module__.startswith("contracts.")} == set(EVENTS)


def test_every_event_has_a_subject_of_its_own() -> None:
    assert [subject for subject, times in Counter(map(subject_of, EVENTS)).items() if times > 1] == []


def test_every_event_is_kept_by_a_stream_and_every_stream_keeps_one() -> None:
    assert {stream_of(subject_of(event)) for event in EVENTS} == set(STREAMS)


def test_every_event_says_what_it_means() -> None:
    assert [event for event in EVENTS if not (event.__doc__ or "").strip()] == []


def test_the_document_is_up_to_date() -> None:
    """If this fails: `python -m contracts.asyncapi`, and read what changed before committing it."""
    assert asyncapi.FILE.read_text() == asyncapi.text()


def test_every_reference_in_the_document_leads_somewhere() -> None:
    document = json.loads(asyncapi.text())
    for reference in re.findall(r'"#/([^"]+)"', json.dumps(document)):
        part = document
        for key in reference.split("/"):
            part = part[key]
