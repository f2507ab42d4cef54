from __future__ import annotations

import pytest

from contracts.problem import FieldError, ProblemDetails
from desktop_client.gateway import GatewayFailure, GatewayRefused, GatewayUnreachable
from desktop_client.windows.refusals import WRONG_PASSWORD, Said, said


def refused(code: str, status: int = 400, *errors: FieldError, title: str = "No.", wait: int | None = None):
    return GatewayRefused(ProblemDetails("x", title, status, code, errors=errors, retry_after=wait))


WEAK = FieldError("password", "It is one of the passwords that are guessed first.")
PATTERN = FieldError("email", "Expected `str` matching regex")
UNKNOWN = FieldError("device_token", "Expected `str` of length >= 16")


@pytest.mark.parametrize(
    ("failure", "fields", "expected"),
    [
        (GatewayUnreachable("There is no network."), ("email",), Said("There is no network.")),
        (refused("weak_password", 422, WEAK), ("password",), Said(at_fields={"password": WEAK.message})),
        (refused("weak_password", 422, WEAK), ("new_password",), Said(WEAK.message)),
        (refused("weak_password", 422, title="Choose another."), ("password",), Said("Choose another.")),
        (
            refused("invalid_request", 422, PATTERN),
            ("email",),
            Said(at_fields={"email": "That is not a whole e-mail address."}),
        ),
        (refused("invalid_request", 422, UNKNOWN, title="Wrong."), ("email",), Said("Wrong.")),
        (
            refused("invalid_credentials", 401, title="One of them is wrong."),
            ("email", "password"),
            Said("One of them is wrong."),
        ),
        (refused("invalid_credentials", 401), ("password",), Said(at_fields={"password": WRONG_PASSWORD})),
        (refused("invalid_credentials", 401), ("code",), Said(WRONG_PASSWORD)),
        (refused("invalid_code", title="Too old."), ("code", "new_password"), Said(at_fields={"code": "Too old."})),
        (
            refused("too_many_requests", 429, wait=28),
            (),
            Said("Too many tries. The next one can be made in 28 s.", wait_s=28),
        ),
        (refused("too_many_requests", 429), (), Said("Too many tries. Wait a little, then try again.")),
        (refused("teapot", 418, title="I am a teapot."), ("email",), Said("I am a teapot.")),
    ],
)
def test_what_went_wrong_is_said_where_it_belongs(
    failure: GatewayFailure, fields: tuple[str, ...], expected: Said
) -> None:
    assert said(failure, fields) == expected
