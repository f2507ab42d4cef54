from __future__ import annotations

import asyncio
import subprocess
import sys
from uuid import uuid4

import msgspec
from waiting import eventually

from chassis.bus import DEAD_LETTERS, Bus
from contracts.auth import UserRegistered
from devstack.nats import Nats


def _run(nats: Nats, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "chassis.deadletters", *arguments],
        env={"NATS_URL": nats.url},
        capture_output=True,
        text=True,
        check=False,
    )


async def test_the_command_lists_and_replays(nats_server: Nats):
    bus = Bus(nats_server.url, name="test")
    await bus.open()
    await eventually(lambda: bus.is_connected)
    await bus.ensure_stream("AUTH")
    await bus.ensure_stream(DEAD_LETTERS)
    event = UserRegistered(user_id=uuid4())
    await bus.jetstream.publish(
        "deadletter.license.user.registered",
        msgspec.json.encode(event),
        headers={
            "Dead-Letter-Consumer": "license",
            "Dead-Letter-Subject": "user.registered",
            "Dead-Letter-Reason": "RuntimeError: no",
            "Dead-Letter-Attempts": "8",
        },
    )
    listed = await asyncio.to_thread(_run, nats_server, "list")
    assert listed.returncode == 0
    assert "license\tuser.registered\t8 tries\tRuntimeError: no" in listed.stdout
    assert str(event.id) in listed.stdout

    wrong = await asyncio.to_thread(_run, nats_server, "replay", "99")
    assert (wrong.returncode, wrong.stderr.strip()) == (1, "There is no dead letter 99.")

    replayed = await asyncio.to_thread(_run, nats_server, "replay", "1")
    assert replayed.stdout.strip() == "replayed 1 to user.registered"
    message = await bus.jetstream.get_last_msg("AUTH", "user.registered")
    assert msgspec.json.decode(message.data or b"", type=UserRegistered) == event
    again = await asyncio.to_thread(_run, nats_server, "list")
    assert again.stdout.strip() == "0 dead letters"
    await bus.close()


async def test_before_the_first_dead_letter_there_are_none(nats_server: Nats):
    listed = await asyncio.to_thread(_run, nats_server, "list")
    assert (listed.returncode, listed.stdout.strip()) == (0, "0 dead letters")


def test_without_a_command_the_usage_is_shown():
    process = subprocess.run([sys.executable, "-m", "chassis.deadletters"], capture_output=True, text=True, check=False)
    assert process.returncode == 2
    assert process.stderr.startswith("usage:")
