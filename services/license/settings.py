"""What license asks of its environment, beside what every service does."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chassis.settings import DatabaseSettings, Secret


class LicenseSettings(DatabaseSettings, frozen=True, kw_only=True):
    lease_signing_key: Annotated[Secret, Meta(description="the seed that signs offline leases, 32 bytes in base64")]
    lease_previous_keys: Secret = Secret("")  # for clients that know no other yet; see lease_keys.py
    # Without a key nothing can be bought; all else works.
    stripe_secret_key: Secret = Secret("")
    stripe_webhook_secret: Secret = Secret("")  # several, separated by commas, while one takes the place of another
    stripe_api_base: str = ""  # another Stripe than the real one
    public_url: str = ""  # the gateway as drivers reach it; Stripe leads back to it
    reconcile_hour: Annotated[int, Meta(ge=0, le=23)] = 3  # UTC; when Stripe is asked about everybody

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.stripe_secret_key and not self.public_url:
            raise ValueError(
                "PUBLIC_URL is not set: with STRIPE_SECRET_KEY, Stripe has to be told where to lead back to"
            )
