"""The SDK, opened once and closed with the service; what it raises, in our words."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import aiohttp
import stripe
from prometheus_client import Histogram

from chassis.observability import log
from contracts.problem import Unavailable
from services.license.domain.buying import CheckoutImpossible, PaymentsUnavailable

API_VERSION = "2026-10-28.endive"
TIMEOUT = aiohttp.ClientTimeout(total=8, connect=3)
RETRIES = 2
STRIPE_SECONDS = Histogram(
    "stripe_request_duration_seconds",
    "How long Stripe took to answer, retries included, by what came of it.",
    ("call", "outcome"),
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


class StripeClient:
    """`v1` is the SDK's own. Without a secret key there is none, and asking for it is refused."""

    def __init__(self, secret_key: str, api_base: str = "") -> None:
        self._http = stripe.AIOHTTPClient(timeout=TIMEOUT)
        self._sdk = (
            stripe.StripeClient(
                secret_key,
                stripe_version=API_VERSION,
                base_addresses={"api": api_base.rstrip("/")} if api_base else {},
                http_client=self._http,
                max_network_retries=RETRIES,
            )
            if secret_key
            else None
        )

    @property
    def is_configured(self) -> bool:
        return self._sdk is not None

    @property
    def v1(self) -> Any:
        """
        Raises:
            PaymentsUnavailable: there is no secret key.
        """
        if self._sdk is None:
            raise PaymentsUnavailable
        return self._sdk.v1

    async def read(self, path: str, **asked: Any) -> dict[str, Any]:
        """What is there, as JSON: making the SDK's objects of it would keep everybody waiting for twice as long.

        Raises:
            PaymentsUnavailable, and whatever the SDK raises
        """
        if self._sdk is None:
            raise PaymentsUnavailable
        return (await self._sdk.raw_request_async("get", path, **asked)).data  # pyright: ignore[reportReturnType] # JSON

    async def open(self) -> None:
        """Nothing is asked before somebody wants something: a service may start while Stripe is away."""

    async def close(self) -> None:
        if self._sdk is not None:
            await self._http.close_async()


@contextlib.contextmanager
def asking(call: str) -> Iterator[None]:
    """Ask Stripe for something inside; measured, and its refusals translated.

    Raises:
        Unavailable: Stripe cannot be reached, or is too busy; later it will be.
        PaymentsUnavailable: it does not take our key.
        NotAtStripe: there is no such thing at Stripe.
        CheckoutImpossible: it refuses what we ask for.
    """
    began, outcome = time.perf_counter(), "failed"
    try:
        yield
        outcome = "answered"
    except (stripe.StripeError, aiohttp.ClientError, TimeoutError, OSError) as error:
        translated = _translated(error)
        outcome = translated.code() if isinstance(translated, Unavailable) else "refused"
        log.warning("stripe.refused", call=call, error=type(error).__name__, reason=getattr(error, "code", None))
        raise translated from error
    finally:
        STRIPE_SECONDS.labels(call, outcome).observe(time.perf_counter() - began)


class NotAtStripe(CheckoutImpossible):
    """Stripe does not have that any more; try again."""


def _translated(error: Exception) -> Unavailable | PaymentsUnavailable | CheckoutImpossible:
    if isinstance(error, (stripe.AuthenticationError, stripe.PermissionError)):
        log.error("stripe.key_refused", error=type(error).__name__)
        return PaymentsUnavailable()
    if isinstance(error, stripe.InvalidRequestError):
        if error.code == "resource_missing":
            return NotAtStripe()
        log.error("stripe.request_wrong", reason=error.code, param=error.param)
        return CheckoutImpossible()
    if isinstance(error, stripe.CardError):
        return CheckoutImpossible()
    # Unreachable, too busy, broken, or at work on the very same request.
    return Unavailable("The payment provider does not answer just now.", retry_after=5)
