"""What a failure means to the driver: which words, at which field, and how long to wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from desktop_client.gateway import GatewayFailure, GatewayRefused
from desktop_client.windows.moments import still

SHORTEST_PASSWORD: Final = 12
WRONG_FORM: Final = "invalid_request"  # a field has not the form that it must have: we have better words than a pattern
FIELDS: Final = {
    "email": "That is not a whole e-mail address.",
    "password": f"A password has {SHORTEST_PASSWORD} to 128 characters.",
    "new_password": f"A password has {SHORTEST_PASSWORD} to 128 characters.",
    "code": "That is not a whole code.",
    "second_factor": "That is not a whole code.",
    "display_name": "A name has up to 64 characters.",
}
CODES: Final = {
    "second_factor_required": "A code is needed, too: of your authenticator app, or a recovery code.",
    "invalid_second_factor": "That code is not right. The app shows another one every half a minute.",
}
WRONG_PASSWORD: Final = "That is not your password."
AT_FIELDS: Final = {
    "invalid_second_factor": ("second_factor", "code"),
    "wrong_totp_code": ("code",),
    "invalid_code": ("code",),
    "invalid_credentials": ("current_password", "password"),
}
WAIT_A_LITTLE: Final = "Too many tries. Wait a little, then try again."


@dataclass(frozen=True, slots=True)
class Said:
    """`sentence` is about the whole, `at_fields` about single ones; either may be missing. 0 s: no need to wait."""

    sentence: str = ""
    at_fields: Mapping[str, str] = field(default_factory=dict)
    wait_s: int = 0


def said(failure: GatewayFailure, fields: Collection[str] = ()) -> Said:
    """What to show where `fields` are asked for; what is wrong with another field is said of the whole."""
    if not isinstance(failure, GatewayRefused):
        return Said(failure.sentence)
    if failure.status == 429:
        wait = failure.retry_after or 0
        return Said(too_many_tries(wait) if wait else WAIT_A_LITTLE, wait_s=wait)
    named = _named(failure)
    if named:
        rest = dict.fromkeys(words for name, words in named.items() if name not in fields)
        return Said(" ".join(rest), {name: words for name, words in named.items() if name in fields})
    words = CODES.get(failure.code, failure.sentence)
    if failure.code == "invalid_credentials":
        if "email" in fields:  # which of the two is wrong is not to be known
            return Said(words)
        words = WRONG_PASSWORD
    at = next((name for name in AT_FIELDS.get(failure.code, ()) if name in fields), None)
    return Said(words) if at is None else Said(at_fields={at: words})


def too_many_tries(wait_s: int) -> str:
    return f"Too many tries. The next one can be made in {still(wait_s)}."


def _named(refusal: GatewayRefused) -> dict[str, str]:
    """What is wrong with each field that the gateway names, as far as there are words for it."""
    ours = refusal.code == WRONG_FORM
    named = {error.field: FIELDS.get(error.field, "") if ours else error.message for error in refusal.errors}
    return {name: words for name, words in named.items() if words}
