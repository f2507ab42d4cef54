from __future__ import annotations

import base64
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st
from signed_leases import LeaseMaker

from contracts.license import LEASE_DOMAIN, Lease
from desktop_client.lease import LEEWAY, Circumstances, Rung, judge

ISSUED = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
USER = UUID(int=7)
PARTS = ("v2.machine:1", "v2.product:1", "v2.disk:1", "v2.network:1")
CLOUD = LeaseMaker()
LEASE = CLOUD.lease(USER, "device-key", ISSUED, components=PARTS)
HERE = Circumstances("device-key", PARTS, USER, ISSUED + DAY)


def rung(lease: Lease | None = LEASE, **changes: object) -> Rung:
    return judge(lease, CLOUD.keys, replace(HERE, **changes)).rung  # type: ignore[arg-type]


def test_a_lease_on_its_device_in_its_time_is_valid() -> None:
    found = judge(LEASE, CLOUD.keys, HERE)
    assert found.rung is Rung.VALID
    assert found.payload is not None
    assert (found.payload.plan, found.payload.entitlements) == ("pro", ("widgets", "history"))


def test_none_is_missing() -> None:
    assert rung(None) is Rung.MISSING


@example(at=0, bit=0)
@example(at=len(LEASE.token) - 1, bit=0)
@given(at=st.integers(0, len(LEASE.token) - 1), bit=st.integers(0, 6))
def test_a_token_with_any_bit_changed_is_refused(at: int, bit: int) -> None:
    changed = LEASE.token[:at] + chr(ord(LEASE.token[at]) ^ 1 << bit) + LEASE.token[at + 1 :]
    assert rung(msgspec.structs.replace(LEASE, token=changed)) is Rung.ALTERED


@given(st.integers(0, len(LEASE.token) - 1))
def test_a_token_that_was_cut_anywhere_is_refused(at: int) -> None:
    assert rung(msgspec.structs.replace(LEASE, token=LEASE.token[:at])) is Rung.ALTERED


@given(st.text(max_size=400))
def test_any_other_text_is_refused(token: str) -> None:
    assert rung(msgspec.structs.replace(LEASE, token=token)) is Rung.ALTERED


def test_a_longer_life_written_beside_the_token_is_refused() -> None:
    assert rung(msgspec.structs.replace(LEASE, expires_at=LEASE.expires_at + DAY)) is Rung.ALTERED


def test_another_cloud_s_signature_is_refused_under_its_own_name_and_under_ours() -> None:
    other = LeaseMaker().lease(USER, "device-key", ISSUED, components=PARTS)
    assert rung(other) is Rung.KEY_UNKNOWN
    assert rung(msgspec.structs.replace(other, key_id=LEASE.key_id)) is Rung.ALTERED


def test_a_signature_over_another_domain_is_none() -> None:
    key = Ed25519PrivateKey.generate()
    maker = LeaseMaker(key)
    lease = maker.lease(USER, "device-key", ISSUED)
    body = base64.urlsafe_b64decode(lease.token.partition(".")[0] + "==")
    for domain in (b"", LEASE_DOMAIN, b"raceoverlay.activate.v1\0"):
        signature = base64.urlsafe_b64encode(key.sign(domain + body)).decode().rstrip("=")
        forged = msgspec.structs.replace(lease, token=f"{lease.token.partition('.')[0]}.{signature}")
        assert judge(forged, maker.keys, HERE).rung is Rung.ALTERED


def test_what_is_signed_and_makes_no_sense_is_refused() -> None:
    for body in (b"{}", b"null", b"not json", b"[1]"):
        lease = CLOUD.signed(body, LEASE.expires_at)
        assert rung(lease) is Rung.ALTERED


def test_a_lease_of_another_device_or_account_is_refused() -> None:
    assert rung(device_key="another") is Rung.OTHER_DEVICE
    assert rung(device_key=None) is Rung.OTHER_DEVICE
    assert rung(user_id=uuid4()) is Rung.OTHER_ACCOUNT


def test_a_copied_disk_is_refused_and_a_new_network_card_is_not() -> None:
    assert rung(components=("v2.machine:1", "v2.product:9", "v2.disk:9", "v2.network:9")) is Rung.OTHER_DEVICE
    assert rung(components=("v2.machine:1", "v2.product:1", "v2.disk:1", "v2.network:9")) is Rung.VALID
    assert rung(components=()) is Rung.VALID, "parts that cannot be read are no evidence"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (ISSUED - LEEWAY - SECOND, Rung.CLOCK_SET_BACK),
        (ISSUED - LEEWAY, Rung.VALID),
        (ISSUED, Rung.VALID),
        (ISSUED + 7 * DAY - SECOND, Rung.VALID),
        (ISSUED + 7 * DAY, Rung.EXPIRED),
        (ISSUED + 8 * DAY, Rung.EXPIRED),
        (datetime(2099, 1, 1, tzinfo=UTC), Rung.EXPIRED),
        (datetime(1980, 1, 1, tzinfo=UTC), Rung.CLOCK_SET_BACK),
    ],
)
def test_it_holds_from_its_issue_to_its_end(now: datetime, expected: Rung) -> None:
    assert rung(now=now) is expected


def test_a_clock_behind_what_was_seen_is_told_with_how_far() -> None:
    newest = ISSUED + 6 * DAY
    assert rung(now=newest - LEEWAY, newest=newest) is Rung.VALID
    found = judge(LEASE, CLOUD.keys, replace(HERE, now=ISSUED + 3 * DAY, newest=newest))
    assert (found.rung, found.behind) == (Rung.CLOCK_SET_BACK, 3 * DAY)


def test_setting_the_clock_back_revives_no_lease_that_was_seen_to_end() -> None:
    for back in range(1, 30):
        assert rung(now=ISSUED + 8 * DAY - back * DAY, newest=ISSUED + 8 * DAY) is not Rung.VALID


@pytest.mark.parametrize(
    ("since", "now", "expected"),
    [
        (ISSUED + 7 * DAY - SECOND, ISSUED + 7 * DAY, Rung.IN_GRACE),
        (ISSUED + 7 * DAY - SECOND, ISSUED + 8 * DAY - SECOND, Rung.IN_GRACE),
        (ISSUED + 7 * DAY - SECOND, ISSUED + 8 * DAY, Rung.EXPIRED),
        (ISSUED + 7 * DAY, ISSUED + 7 * DAY + SECOND, Rung.EXPIRED),
        (None, ISSUED + 7 * DAY, Rung.EXPIRED),
    ],
)
def test_a_session_that_began_before_the_end_is_driven_to_its_own(
    since: datetime | None, now: datetime, expected: Rung
) -> None:
    assert rung(now=now, driving_since=since) is expected


CLOCKS = {
    "in time": (ISSUED + DAY, None),
    "set back": (ISSUED - DAY, None),
    "behind the newest": (ISSUED + DAY, ISSUED + 2 * DAY),
    "over": (ISSUED + 9 * DAY, None),
}
IDENTITIES = {
    "own": {},
    "another device": {"device_key": "another"},
    "another account": {"user_id": UUID(int=8)},
    "another computer": {"components": ("v2.machine:9", "v2.product:9", "v2.disk:9", "v2.network:9")},
}
DAMAGES = {
    "whole": LEASE,
    "missing": None,
    "edited": msgspec.structs.replace(LEASE, token="A" + LEASE.token[1:]),
    "cut": msgspec.structs.replace(LEASE, token=LEASE.token[:40]),
    "unknown key": msgspec.structs.replace(LEASE, key_id="0" * 16),
}


@pytest.mark.parametrize(("clock", "identity", "damage"), [*itertools.product(CLOCKS, IDENTITIES, DAMAGES)])
def test_of_every_way_to_be_wrong_the_first_rung_answers(clock: str, identity: str, damage: str) -> None:
    now, newest = CLOCKS[clock]
    found = rung(DAMAGES[damage], now=now, newest=newest, **IDENTITIES[identity])
    of_damage = {
        "missing": Rung.MISSING,
        "edited": Rung.ALTERED,
        "cut": Rung.ALTERED,
        "unknown key": Rung.KEY_UNKNOWN,
    }
    of_identity = {
        "another device": Rung.OTHER_DEVICE,
        "another computer": Rung.OTHER_DEVICE,
        "another account": Rung.OTHER_ACCOUNT,
    }
    of_clock = {"set back": Rung.CLOCK_SET_BACK, "behind the newest": Rung.CLOCK_SET_BACK, "over": Rung.EXPIRED}
    expected = of_damage.get(damage) or of_identity.get(identity) or of_clock.get(clock) or Rung.VALID
    assert found is expected
