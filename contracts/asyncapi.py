"""The event catalogue as a document: `python -m contracts.asyncapi` writes contracts/asyncapi.json (AsyncAPI 3.0).

Made from the declarations alone: a channel for each subject, with the stream that keeps it, its fields and its meaning.
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import msgspec

from contracts import auth, license, tracks, versions
from contracts.event import STREAMS, Event, stream_of, subject_of

FILE = Path(__file__).with_name("asyncapi.json")
EVENTS: tuple[type[Event], ...] = (*auth.EVENTS, *license.EVENTS, *tracks.EVENTS, *versions.EVENTS)
"""Every event there is."""

_HEADERS = {
    "type": "object",
    "properties": {
        "Nats-Msg-Id": {"type": "string", "format": "uuid", "description": "The event's id; a repeat has the same."},
        "traceparent": {"type": "string", "description": "The trace that the event belongs to (W3C Trace Context)."},
    },
    "required": ["Nats-Msg-Id"],
}


def document() -> dict[str, Any]:
    """The whole catalogue. The same declarations always give the same document."""
    events = {subject_of(event): event for event in EVENTS}
    _, schemas = msgspec.json.schema_components(EVENTS, ref_template="#/components/schemas/{name}")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "RaceOverlay events",
            "version": "1",
            "description": (
                "Facts in the past tense, on NATS JetStream: one stream per publishing service, delivered at least"
                " once. Fields are only ever added, with defaults; ignore those that you do not know."
            ),
        },
        "defaultContentType": "application/json",
        "channels": {subject: _channel(subject, event) for subject, event in events.items()},
        "operations": {
            subject: {
                "action": "send",
                "channel": {"$ref": f"#/channels/{subject}"},
                "messages": [{"$ref": f"#/channels/{subject}/messages/{event.__name__}"}],
            }
            for subject, event in events.items()
        },
        "components": {
            "messages": {event.__name__: _message(subject, event) for subject, event in events.items()},
            "schemas": dict(sorted(schemas.items())),
        },
        "x-streams": {name: list(subjects) for name, subjects in STREAMS.items()},
    }


def text() -> str:
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _channel(subject: str, event: type[Event]) -> dict[str, Any]:
    return {
        "address": subject,
        "title": event.__name__,
        "description": inspect.getdoc(event),
        "messages": {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"}},
        "x-stream": stream_of(subject),
    }


def _message(subject: str, event: type[Event]) -> dict[str, Any]:
    return {
        "name": subject,
        "title": event.__name__,
        "summary": inspect.getdoc(event),
        "contentType": "application/json",
        "headers": _HEADERS,
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
    }


if __name__ == "__main__":
    FILE.write_text(text())
    print(f"{FILE.name}: {len(EVENTS)} events")
