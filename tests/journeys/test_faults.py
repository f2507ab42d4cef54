"""Processes are killed and hung under fifty drivers at work: nobody hears anything wrong, nothing confirmed is lost.

While something is away, an answer is right, or it is a refusal that says when to come again; a service that is not
there is refused at once, and the others' drivers notice nothing. When it is back, everything works again by itself.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

import pytest
from busy_drivers import Answer, Field, Log, signed_in
from waiting import eventually
from whole_cloud import WholeCloud, whole_cloud

DRIVERS = 50
ALL = frozenset({"auth", "license", "tracks", "versions"})
NOTICED_WITHIN_S = 2.0
AT_ONCE_S = 1.0
WITHIN_DEADLINE_S = 17.0  # what the slowest call may take, and a little


@pytest.fixture(scope="module")
def own_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeCloud]:
    """A cloud for this file alone: others would not like what happens to it."""
    with whole_cloud(tmp_path_factory.mktemp("faults"), RATE_LIMIT_SCALE="0") as running:
        yield running


_fields: dict[str, Field] = {}


@pytest.fixture
async def field(own_cloud: WholeCloud) -> Field:
    """The drivers, signed in once and working in every test."""
    gateway = own_cloud.stack.gateway
    if gateway not in _fields:
        _fields[gateway] = await signed_in(own_cloud.stack, DRIVERS)
    return _fields[gateway]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("service", ["auth", "license", "tracks"])
async def test_a_killed_service_is_refused_at_once_until_it_is_back(own_cloud: WholeCloud, field: Field, service: str):
    async with field.driving() as log:
        await everybody_is_answered(log)
        fell_at = time.monotonic()
        own_cloud.kill(service)
        await eventually(lambda: refusals(log.since(fell_at, service)))
        await everybody_is_answered(log, since=fell_at)
    assert_right(log)
    assert slow(refusals(log.since(fell_at + NOTICED_WITHIN_S, service))) == []
    assert unwelcome(log.since(fell_at, *(ALL - {service}))) == []
    assert await field.find_again() == []


@pytest.mark.timeout(240)
@pytest.mark.parametrize("service", ["auth", "license"])
async def test_a_hung_service_is_refused_at_once_and_holds_up_nobody_else(
    own_cloud: WholeCloud, field: Field, service: str
):
    async with field.driving() as log:
        await everybody_is_answered(log)
        fell_at = time.monotonic()
        with own_cloud.hung(service):
            await eventually(lambda: len(refusals(log.since(fell_at + NOTICED_WITHIN_S, service))) > DRIVERS / 2)
        await everybody_is_answered(log, since=fell_at)
    assert_right(log)
    assert slow(refusals(log.since(fell_at + NOTICED_WITHIN_S, service))) == []
    assert unwelcome(log.since(fell_at, *(ALL - {service}))) == []
    assert await field.find_again() == []


@pytest.mark.timeout(240)
async def test_a_killed_gateway_comes_back_and_everybody_is_still_signed_in(own_cloud: WholeCloud, field: Field):
    async with field.driving() as log:
        await everybody_is_answered(log)
        fell_at = time.monotonic()
        own_cloud.kill("gateway")
        await eventually(lambda: [a for a in log.since(fell_at) if not a.status])
        await everybody_is_answered(log, since=fell_at)
    assert_right(log, may_be_cut_off=True)
    assert await field.find_again() == []


@pytest.mark.timeout(240)
@pytest.mark.parametrize("how", ["killed", "hung"])
async def test_without_the_bus_everything_is_answered_and_the_events_come_later(
    own_cloud: WholeCloud, field: Field, how: str
):
    async with field.driving() as log:
        await everybody_is_answered(log)
        fell_at = time.monotonic()
        if how == "killed":
            own_cloud.kill("nats")
            await eventually(lambda: accepted_uploads(log.since(fell_at)))
        else:
            with own_cloud.hung("nats"):
                await eventually(lambda: accepted_uploads(log.since(fell_at)))
        await everybody_is_answered(log, since=fell_at)
    assert_right(log)
    assert unwelcome(log.since(fell_at)) == []
    # A verdict is what an event brings about.
    await eventually(field.have_all_verdicts, within=60)
    assert await field.find_again() == []


@pytest.mark.timeout(240)
@pytest.mark.parametrize("how", ["killed", "hung"])
async def test_without_the_databases_what_is_confirmed_is_kept_and_the_rest_is_refused(
    own_cloud: WholeCloud, field: Field, how: str
):
    async with field.driving() as log:
        await everybody_is_answered(log)
        fell_at = time.monotonic()
        if how == "killed":
            own_cloud.kill("postgres")
            await eventually(lambda: refusals(log.since(fell_at)))
        else:
            with own_cloud.hung("postgres"):
                await eventually(lambda: unwelcome(log.since(fell_at)))
        await everybody_is_answered(log, since=fell_at)
    assert_right(log)
    assert await field.find_again() == []


@pytest.mark.timeout(240)
async def test_what_was_known_is_told_as_old_while_neither_service_nor_bus_is_there(
    own_cloud: WholeCloud, field: Field
):
    async with field.driving() as log:
        await everybody_is_answered(log)
        fell_at = time.monotonic()
        with own_cloud.hung("versions", "nats"):
            stale = await eventually(lambda: [a for a in log.since(fell_at) if "detail=stale" in a.cache_status])
        await everybody_is_answered(log, since=fell_at)
        await eventually(
            lambda: [a for a in log.since(stale[-1].asked_at, "versions") if "stored" in a.cache_status], within=60
        )
    assert_right(log)
    assert {a.call for a in stale} == {"GET /versions/latest"}
    assert unwelcome(log.since(fell_at)) == []


def assert_right(log: Log, *, may_be_cut_off: bool = False) -> None:
    """Nobody was told anything but the truth, or a refusal that says when to come again."""
    assert log.wrong == []
    expected = (0, 504) if may_be_cut_off else (504,)
    assert [a for a in log.answers if not (a.is_good or a.is_refusal or a.status in expected)] == []
    assert [a for a in log.answers if a.seconds > WITHIN_DEADLINE_S] == []


def refusals(answers: list[Answer]) -> list[Answer]:
    return [a for a in answers if a.is_refusal]


def unwelcome(answers: list[Answer]) -> list[Answer]:
    return [a for a in answers if not a.is_good]


def slow(answers: list[Answer]) -> list[Answer]:
    return [a for a in answers if a.seconds > AT_ONCE_S]


def accepted_uploads(answers: list[Answer]) -> list[Answer]:
    return [a for a in answers if a.call == "POST /tracks/upload" and a.is_good]


async def everybody_is_answered(log: Log, since: float = 0.0) -> None:
    """As many good answers as there are drivers, from each service, since the last one that was none."""

    def is_so() -> bool:
        last_trouble = max((a.asked_at + a.seconds for a in log.since(since) if not a.is_good), default=since)
        good = Counter(a.upstream for a in log.since(last_trouble) if a.is_good)
        return min(good[name] for name in ALL) >= DRIVERS

    await eventually(is_so, within=60)
