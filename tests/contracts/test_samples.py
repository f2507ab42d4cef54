"""Messages of yesterday, kept as they were sent: what reads today must still read them."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import msgspec
import pytest

import contracts
from contracts.asyncapi import EVENTS
from contracts.event import Event, subject_of

SAMPLES = Path(__file__).parent / "samples"
BODIES = sorted(str(file.relative_to(SAMPLES).with_suffix("")) for file in SAMPLES.glob("*/*.json"))
BODIES = [name for name in BODIES if not name.startswith("events/")]


def _sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


def _body(name: str) -> type[msgspec.Struct]:
    module, _, struct = name.partition("/")
    return getattr(importlib.import_module(f"contracts.{module}"), struct)


def _from_tomorrow(sample: bytes) -> bytes:
    return json.dumps(json.loads(sample) | {"a_field_of_tomorrow": {"deep": [1]}}).encode()


def _names(read: msgspec.Struct) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(read)}


@pytest.mark.parametrize("event", EVENTS, ids=subject_of)
def test_an_event_of_yesterday_is_understood(event: type[Event]) -> None:
    sample = _sample(f"events/{subject_of(event)}")
    read = msgspec.json.decode(sample, type=event)
    assert set(json.loads(sample)) - {"type"} == _names(read)
    assert msgspec.json.decode(msgspec.json.encode(read), type=event) == read


@pytest.mark.parametrize("event", EVENTS, ids=subject_of)
def test_an_event_of_tomorrow_is_understood_too(event: type[Event]) -> None:
    sample = _sample(f"events/{subject_of(event)}")
    assert msgspec.json.decode(_from_tomorrow(sample), type=event) == msgspec.json.decode(sample, type=event)


def test_an_event_is_not_taken_for_another() -> None:
    for event in EVENTS:
        for other in EVENTS:
            if other is not event:
                with pytest.raises(msgspec.ValidationError):
                    msgspec.json.decode(_sample(f"events/{subject_of(event)}"), type=other)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_of_yesterday_is_understood(name: str) -> None:
    sample = _sample(name)
    read = msgspec.json.decode(sample, type=_body(name))
    assert set(json.loads(sample)) == _names(read)
    assert msgspec.json.decode(msgspec.json.encode(read), type=_body(name)) == read


@pytest.mark.parametrize("name", BODIES)
def test_an_answer_may_grow_and_a_request_may_not(name: str) -> None:
    kind, sample = _body(name), _from_tomorrow(_sample(name))
    if kind.__struct_config__.forbid_unknown_fields:
        with pytest.raises(msgspec.ValidationError, match="a_field_of_tomorrow"):
            msgspec.json.decode(sample, type=kind)
    else:
        msgspec.json.decode(sample, type=kind)


def test_every_event_and_every_body_of_the_api_has_a_sample() -> None:
    events = {file.stem for file in (SAMPLES / "events").glob("*.json")}
    assert events == {subject_of(event) for event in EVENTS}
    api = json.loads((Path(contracts.__file__).parent / "openapi.json").read_bytes())
    bodies = {name.partition("/")[2] for name in BODIES}
    for path, methods in api["paths"].items():
        for call in methods.values():
            for part in (call.get("requestBody", {}), *call["responses"].values()):
                for content in part.get("content", {}).values():
                    if reference := content["schema"].get("$ref"):
                        assert reference.rpartition("/")[2] in bodies, f"{path} takes or gives {reference}"
