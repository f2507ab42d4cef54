"""Where callers wait: nobody is woken for another's upload, and the room has a size."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from services.tracks.waiting_room import WaitingRoom


async def test_all_who_wait_for_an_upload_are_called_and_nobody_else():
    room, mine, other = WaitingRoom(), uuid4(), uuid4()
    with room.enter(mine) as first, room.enter(mine) as second, room.enter(other) as third:
        assert first
        assert second
        assert third
        room.call(mine)
        await asyncio.gather(first.wait(), second.wait())
        assert not third.is_set()


def test_a_call_for_nobody_is_not_remembered():
    room, upload_id = WaitingRoom(), uuid4()
    room.call(upload_id)
    with room.enter(upload_id) as called:
        assert called is not None
        assert not called.is_set()


def test_a_full_room_lets_nobody_in_until_somebody_leaves():
    room = WaitingRoom(seats=1)
    with room.enter(uuid4()) as first, room.enter(uuid4()) as second:
        assert first is not None
        assert second is None
    with room.enter(uuid4()) as third:
        assert third is not None
