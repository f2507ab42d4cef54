from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chassis.identity import FRESH_S
from contracts.identity import CLOCK_LEEWAY_S
from services.auth.domain.keys import (
    KEPT_AFTER,
    KEY_SIGNS_FOR,
    PUBLISHED_AHEAD,
    SWITCH_NOTICE,
    Key,
    KeyState,
    brought_forward,
    plan,
    plan_without,
    signer,
    standings,
)
from services.auth.domain.sessions import ACCESS_TOKEN_LIFE
from services.auth.keys import GOOD_FOR, LOOK_EVERY_S
from services.auth.routes.keys import MAX_AGE_S

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Ring:
    """The table of keys, changed as the plans say."""

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.made = 0

    def tend(self, now: datetime) -> tuple[Key, ...]:
        self.carry_out(plan(self.keys, now), now)
        assert not plan(self.keys, now), "what is done need not be done again"
        return tuple(self.keys)

    def carry_out(self, todo, now: datetime) -> None:
        self.keys = [
            replace(key, signs_from=now) if key.kid == todo.start else key
            for key in self.keys
            if key.kid not in todo.remove
        ]
        for signs_from in todo.make:
            self.made += 1
            self.keys.append(Key(f"key-{self.made}", now, signs_from))

    def rotate(self, now: datetime) -> Key:
        self.tend(now)
        following = brought_forward(self.keys, now)
        assert following is not None
        self.keys = [following if key.kid == following.kid else key for key in self.keys]
        return following

    def revoke(self, kid: str, now: datetime) -> None:
        self.carry_out(plan_without(kid, self.keys, now), now)

    def states(self, now: datetime) -> list[str]:
        return [standing.state.value for standing in standings(self.keys, now)]


def test_everybody_has_seen_a_key_before_it_signs_and_has_it_until_its_last_token_has_died():
    caches = timedelta(seconds=FRESH_S + MAX_AGE_S + LOOK_EVERY_S)
    assert caches < PUBLISHED_AHEAD
    assert ACCESS_TOKEN_LIFE + timedelta(seconds=CLOCK_LEEWAY_S) < KEPT_AFTER
    assert GOOD_FOR < SWITCH_NOTICE, "who could not read of the moment for so long does not sign"


def test_the_first_start_has_a_key_at_once_and_the_next_one_beside_it():
    ring = Ring()
    ring.tend(START)
    assert ring.states(START) == ["current", "next"]
    assert [standing.until for standing in standings(ring.keys, START)] == [START + KEY_SIGNS_FOR] * 2


def test_for_ninety_days_one_key_signs_everybody_knew_it_before_and_no_living_token_misses_it():
    ring, now = Ring(), START
    views = [ring.tend(now)] * 2  # two replicas, each of which reads at its own minutes
    tokens_die: dict[str, datetime] = {}
    signers: list[str] = []
    commands = {3 * 1440 + 7: "rotate", 3 * 1440 + 12: "rotate", 40 * 1440: "rotate"}
    for minute in range(90 * 1440):
        now = START + minute * MINUTE
        if commands.get(minute) == "rotate":
            ring.rotate(now)
        views[minute % 2] = ring.tend(now)
        signing = {key.kid: key for view in views if (key := signer(view, now))}
        assert len(signing) == 1, "the replicas agree"
        (key,) = signing.values()
        assert ring.states(now).count("current") == 1
        if key.kid != "key-1":
            assert now - key.made_at >= PUBLISHED_AHEAD
        if key.kid not in signers:
            signers.append(key.kid)
        tokens_die[key.kid] = now + ACCESS_TOKEN_LIFE + timedelta(seconds=CLOCK_LEEWAY_S)
        published = {key.kid for view in views for key in view}
        alive = {kid for kid, dies in tokens_die.items() if dies > now}
        assert alive <= published & {key.kid for key in ring.keys}
        assert len(ring.keys) <= 3
    # Rotated on day 3, soon after by the key that was made meanwhile, on day 40 before its time, and on its own.
    assert signers == ["key-1", "key-2", "key-3", "key-4", "key-5", "key-6"]


def test_a_key_that_was_told_to_sign_waits_until_it_was_published_long_enough():
    ring, young = Ring(), Ring()
    assert young.rotate(START).signs_from == START + PUBLISHED_AHEAD, "it was only just made"
    ring.tend(START)
    later = START + timedelta(days=9)
    assert ring.rotate(later).signs_from == later + SWITCH_NOTICE
    assert ring.rotate(later + MINUTE).signs_from == later + SWITCH_NOTICE, "asking again does not put it off"


def test_a_revoked_signer_is_followed_at_once_by_the_key_that_everybody_knows():
    ring = Ring()
    ring.tend(START)
    now = START + timedelta(days=5)
    ring.revoke("key-1", now)
    assert [key.kid for key in ring.keys] == ["key-2", "key-3"]
    assert ring.states(now) == ["current", "next"]


def test_a_revoked_signer_does_not_bring_the_one_before_it_back():
    ring = Ring()
    ring.tend(START)
    switch = ring.rotate(START + timedelta(days=1)).signs_from
    ring.tend(switch)
    assert ring.states(switch) == ["retiring", "current", "next"]
    ring.revoke("key-2", switch + MINUTE)
    assert ring.states(switch + MINUTE) == ["retiring", "current", "next"]
    assert [key.kid for key in ring.keys] == ["key-1", "key-3", "key-4"]


def test_revoking_the_next_or_a_retiring_key_changes_no_signer():
    ring = Ring()
    ring.tend(START)
    ring.revoke("key-2", START + MINUTE)
    assert [key.kid for key in ring.keys] == ["key-1", "key-3"]
    assert ring.states(START + MINUTE) == ["current", "next"]


def test_the_last_key_is_not_revoked_without_another_being_made():
    ring = Ring()
    ring.keys = [Key("only", START, START)]
    ring.revoke("only", START + MINUTE)
    assert ring.states(START + MINUTE) == ["current", "next"]
    assert "only" not in {key.kid for key in ring.keys}


def test_there_is_nothing_to_revoke_where_there_is_no_such_key():
    ring = Ring()
    ring.tend(START)
    with pytest.raises(LookupError):
        plan_without("key-9", ring.keys, START)


def test_after_a_long_sleep_the_key_whose_time_has_come_signs():
    ring = Ring()
    ring.tend(START)
    later = START + 100 * KEY_SIGNS_FOR
    ring.tend(later)
    assert [(standing.key.kid, standing.state) for standing in standings(ring.keys, later)] == [
        ("key-2", KeyState.CURRENT),
        ("key-3", KeyState.NEXT),
    ]
    assert ring.keys[1].signs_from == later + PUBLISHED_AHEAD, "it should have been replaced long ago"
