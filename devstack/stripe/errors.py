"""How does Stripe say no? One exception per kind of refusal, each with its HTTP status and body."""

from devstack.stripe.shapes import Json


class Refused(Exception):
    """The request is refused; `body` is what Stripe would answer with `status`."""

    status = 400
    kind = "invalid_request_error"
    keeps = False
    """Whether what was done before the refusal stays: an attempt to charge has been made, whatever came of it."""

    def __init__(self, message: str, *, code: str | None = None, param: str | None = None, **more: object) -> None:
        super().__init__(message)
        self.error: Json = {"type": self.kind, "message": message}
        if code:
            self.error |= {"code": code, "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"}
        if param:
            self.error["param"] = param
        self.error |= {name: value for name, value in more.items() if value is not None}

    @property
    def body(self) -> Json:
        return {"error": self.error}


class Unauthorized(Refused):
    """No key, or not ours."""

    status = 401


class Missing(Refused):
    """There is no such object."""

    status = 404

    def __init__(self, kind: str, id: str, param: str = "id") -> None:
        super().__init__(f"No such {kind.split('.')[-1]}: '{id}'", code="resource_missing", param=param)


class NoSuchRoute(Refused):
    """Neither path nor method is known here."""

    status = 404


class Declined(Refused):
    """The card was not charged."""

    status = 402
    kind = "card_error"


class IdempotencyKeyReused(Refused):
    """The same Idempotency-Key came with other parameters."""

    kind = "idempotency_error"


class IdempotencyKeyBusy(Refused):
    """The same Idempotency-Key is being worked on right now."""

    status = 409


class TooMany(Refused):
    """As many requests as Stripe takes, and one more."""

    status = 429


class Broken(Refused):
    """Stripe itself failed."""

    status = 500
    kind = "api_error"
