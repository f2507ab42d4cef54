"""No two machines have one time: a service's clock may be half a minute off from auth's, and nobody notices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from auth_service import Auth

from chassis.database import Database
from chassis.identity import JwksCache, Verifier
from contracts.event import new_id, now
from contracts.identity import Role
from contracts.problem import Unauthenticated
from services.auth.domain.accounts import Account
from services.auth.domain.sessions import ACCESS_TOKEN_LIFE
from services.auth.keys import SigningKeys
from services.auth.secrets import Secrets

LIFE_S = ACCESS_TOKEN_LIFE.total_seconds()
SOMEBODY = Account(new_id(), "a@b.example", "", None, Role.DRIVER, True, datetime(2026, 11, 23, tzinfo=UTC))


async def minted(auth: Auth, seconds_off: float) -> tuple[str, Verifier]:
    """A token made by an auth whose clock is that far ahead of ours, and somebody of our time to check it."""
    database = Database(auth.settings.database_url)
    await database.open()
    try:
        secrets = Secrets.derive(auth.settings.auth_secret)
        keys = SigningKeys(
            database,
            secrets,
            issuer=auth.settings.token_issuer,
            audience=auth.settings.token_audience,
            clock=lambda: now() + timedelta(seconds=seconds_off),
        )
        token = await keys.access_token(SOMEBODY, new_id())
        published = await keys.published()
    finally:
        await database.close()

    async def fetch():
        return published

    issuer, audience = auth.settings.token_issuer, auth.settings.token_audience
    return token, Verifier(JwksCache(fetch), issuer=issuer, audience=audience)


@pytest.mark.parametrize("seconds_off", [30, -30, -LIFE_S - 20])
async def test_a_token_of_a_clock_that_is_half_a_minute_off_is_welcome(auth: Auth, seconds_off: float):
    token, verifier = await minted(auth, seconds_off)
    assert (await verifier.verify(token)).user_id == SOMEBODY.id


@pytest.mark.parametrize(
    ("seconds_off", "why"), [(30 + 31, "not valid"), (-LIFE_S - 31, "expired"), (3600, "not valid"), (-3600, "expired")]
)
async def test_a_token_from_further_away_is_refused(auth: Auth, seconds_off: float, why: str):
    token, verifier = await minted(auth, seconds_off)
    with pytest.raises(Unauthenticated, match=why):
        await verifier.verify(token)
