"""The outermost ring: what is not in the policy ends here, and every answer leaves with the same safe headers."""

from __future__ import annotations

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from chassis import problems
from contracts.problem import BadRequest, MethodNotAllowed, NotFound, Problem
from services.gateway.admission import Admission
from services.gateway.headers import refuse_ambiguous
from services.gateway.policy import ANYONE, Policy, Rule

MAX_TARGET_BYTES = 8 << 10
_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_PRIVATE = (b"cache-control", b"no-store")


class Edge:
    """ASGI middleware. The rule that admitted a request is then in `scope["state"]["rule"]`."""

    def __init__(self, app: ASGIApp, policy: Policy, admission: Admission) -> None:
        self._app = app
        self._policy = policy
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        rule: Rule | None = None

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                said = {name.lower() for name, _ in headers}
                wanted = (*_ALWAYS, _PRIVATE) if rule is not None and rule.access is not ANYONE else _ALWAYS
                message["headers"] = [*headers, *(pair for pair in wanted if pair[0] not in said)]
            await send(message)

        try:
            # The path as it was sent: a decoded one could say something else to whoever decodes again.
            target: bytes = scope.get("raw_path") or b""
            if len(target) + len(scope["query_string"]) > MAX_TARGET_BYTES:
                raise BadRequest("The address is too long.")
            if not scope["query_string"].isascii():
                raise BadRequest("The query has bytes in it that would have to be percent-encoded.")
            refuse_ambiguous(scope["headers"])
            path = target.decode("ascii", "replace")
            rules = self._policy.at(path)
            if not rules:
                raise NotFound
            rule = rules.get(scope["method"])
            if rule is None:
                raise MethodNotAllowed
            scope["path_template"] = rule.path
            scope["state"]["rule"] = rule
            await self._admission.let_in(rule, scope)
        except MethodNotAllowed as refusal:
            await _refuse(refusal, scope, send_safely, allow=", ".join(sorted(rules)))
        except Problem as refusal:
            await _refuse(refusal, scope, send_safely)
        else:
            await self._app(scope, receive, send_safely)


async def _refuse(refusal: Problem, scope: Scope, send: Send, *, allow: str | None = None) -> None:
    request_id = scope["state"]["request_id"]
    status, headers, body = problems.answer(refusal, instance=scope["path"], request_id=request_id)
    if allow is not None:
        headers["allow"] = allow
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})
