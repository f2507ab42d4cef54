"""How every service says no: RFC 9457 problem details with a stable code."""

from __future__ import annotations

import re

import msgspec


class FieldError(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong with a request: `field` is its path (`points[3]`, `query.version`)."""

    field: str
    message: str


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every 4xx and 5xx answer, served as application/problem+json."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    instance: str | None = None
    request_id: str | None = None
    errors: tuple[FieldError, ...] = ()
    retry_after: int | None = None


class Problem(Exception):
    """A refusal. A subclass's name is the code, its docstring the title, `status` the HTTP status.

    `class DeviceLimitReached(Problem)` answers `{"code": "device_limit_reached", …}`.
    """

    status: int = 400

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: tuple[FieldError, ...] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail or self.title())
        self.detail = detail
        self.errors = errors
        self.retry_after = retry_after

    @classmethod
    def code(cls) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]

    def body(self, *, instance: str | None = None, request_id: str | None = None) -> ProblemDetails:
        code = self.code()
        return ProblemDetails(
            type=f"urn:raceoverlay:problem:{code}",
            title=self.title(),
            status=self.status,
            code=code,
            detail=self.detail,
            instance=instance,
            request_id=request_id,
            errors=self.errors,
            retry_after=self.retry_after,
        )


class InvalidRequest(Problem):
    """The request does not have the form that this call takes."""

    status = 422


class BadRequest(Problem):
    """The request could not be understood."""

    status = 400


class Unauthenticated(Problem):
    """Sign in first: the access token is missing, expired or not ours."""

    status = 401


class Forbidden(Problem):
    """This account may not do that."""

    status = 403


class ScopeMissing(Problem):
    """This API token may not do that."""

    status = 403


class NotFound(Problem):
    """There is nothing at that address."""

    status = 404


class MethodNotAllowed(Problem):
    """That address does not take this method."""

    status = 405


class Conflict(Problem):
    """The request contradicts what is already there."""

    status = 409


class BodyTooLarge(Problem):
    """The body is larger than this call takes."""

    status = 413


class TooManyRequests(Problem):
    """Too many requests; try again a little later."""

    status = 429


class InternalError(Problem):
    """Something went wrong on our side; the request id finds it in the logs."""

    status = 500


class Unavailable(Problem):
    """This part of the service cannot answer just now; try again a little later."""

    status = 503


class UpstreamTimeout(Problem):
    """The service behind the gateway did not answer in time."""

    status = 504
