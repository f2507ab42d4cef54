"""Events that failed for good: `python -m chassis.deadletters list` and `… replay [SEQUENCE …|all]`.

A replayed event goes back to its own subject under its own id: whoever has counted it already stays silent, and the
one who failed tries again. Its dead letter is removed once the bus has it.
"""

# nats-py types its headers and calls in part.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

import msgspec
import nats
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from chassis.bus import DEAD_LETTERS
from chassis.settings import MissingSettings, Secret, load

USAGE = "usage: python -m chassis.deadletters list | replay SEQUENCE … | replay all   (the bus: NATS_URL)"


class DeadLetterSettings(msgspec.Struct, frozen=True):
    nats_url: Annotated[Secret, msgspec.Meta(description="the bus, nats://user:password@host:port")]


class DeadLetter(msgspec.Struct, frozen=True):
    sequence: int
    consumer: str
    subject: str
    reason: str
    attempts: int
    at: datetime | None
    body: bytes
    traceparent: str | None


async def dead_letters(jetstream: JetStreamContext) -> AsyncIterator[DeadLetter]:
    """Every dead letter, oldest first."""
    try:
        state = (await jetstream.stream_info(DEAD_LETTERS)).state
    except NotFoundError:
        return
    sequence = state.first_seq
    while state.messages and sequence <= state.last_seq:
        try:
            message = await jetstream.get_msg(DEAD_LETTERS, sequence, next=True, subject="deadletter.>")
        except NotFoundError:
            return
        headers = message.headers or {}
        yield DeadLetter(
            sequence=message.seq or sequence,
            consumer=headers.get("Dead-Letter-Consumer", "?"),
            subject=headers.get("Dead-Letter-Subject", "?"),
            reason=headers.get("Dead-Letter-Reason", "?"),
            attempts=int(headers.get("Dead-Letter-Attempts", "0")),
            at=getattr(message, "time", None),
            body=message.data or b"",
            traceparent=headers.get("traceparent"),
        )
        sequence = (message.seq or sequence) + 1


async def replay(jetstream: JetStreamContext, letter: DeadLetter) -> None:
    """Publish the event again where it belongs, then remove its dead letter."""
    headers = {"Nats-Msg-Id": f"replay-{letter.sequence}"}
    if letter.traceparent:
        headers["traceparent"] = letter.traceparent
    await jetstream.publish(letter.subject, letter.body, headers=headers)
    await jetstream.delete_msg(DEAD_LETTERS, letter.sequence)


async def _run(url: str, command: str, which: list[str]) -> int:
    client = await nats.connect(url, connect_timeout=3, allow_reconnect=False)
    try:
        jetstream = client.jetstream()
        letters = [letter async for letter in dead_letters(jetstream)]
        if command == "list":
            for letter in letters:
                print(
                    f"{letter.sequence}\t{letter.consumer}\t{letter.subject}\t{letter.attempts} tries\t{letter.reason}"
                )
                print(f"\t{letter.body.decode(errors='replace')}")
            print(f"{len(letters)} dead letters")
            return 0
        chosen = [letter for letter in letters if which == ["all"] or str(letter.sequence) in which]
        for letter in chosen:
            await replay(jetstream, letter)
            print(f"replayed {letter.sequence} to {letter.subject}")
        missing = set(which) - {"all"} - {str(letter.sequence) for letter in chosen}
        for sequence in sorted(missing):
            print(f"There is no dead letter {sequence}.", file=sys.stderr)
        return 1 if missing else 0
    finally:
        await client.close()


def main(arguments: list[str]) -> int:
    if arguments[:1] not in (["list"], ["replay"]) or (arguments[0] == "replay") != (len(arguments) > 1):
        print(USAGE, file=sys.stderr)
        return 2
    try:
        url = load(DeadLetterSettings, os.environ).nats_url
        return asyncio.run(_run(url, arguments[0], arguments[1:]))
    except MissingSettings as error:
        print(error, file=sys.stderr)
        return 2
    except (OSError, NatsError) as error:
        print(f"The bus cannot be reached: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
