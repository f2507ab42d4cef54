"""The outermost ring: what is not in the policy ends here, and every answer leaves with the same safe headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from litestar.types import ASGIApp, HTTPDisconnectEvent, Message, Receive, Scope, Send

from chassis import problems
from contracts.problem import BadRequest, MethodNotAllowed, NotFound, Problem
from services.gateway.admission import Admission
from services.gateway.cors import Cors
from services.gateway.head import Head, read
from services.gateway.hosts import Hosts
from services.gateway.policy import ANYONE, FREE, GATEWAY, Policy, Rule

MAX_TARGET_BYTES = 8 << 10
_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_PRIVATE = (b"cache-control", b"no-store")
_ALWAYS = (
    (b"server", b"raceoverlay"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_OVER_TLS = (*_ALWAYS, (b"strict-transport-security", b"max-age=31536000; includeSubDomains"))


class Edge:
    """ASGI middleware. The rule that admitted a request is then in `scope["state"]["rule"]`."""

    def __init__(self, app: ASGIApp, policy: Policy, admission: Admission, hosts: Hosts, cors: Cors) -> None:
        self._app = app
        self._policy = policy
        self._admission = admission
        self._hosts = hosts
        self._cors = cors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head: Head = {}
        rules: Mapping[str, Rule] = {}
        rule: Rule | None = None
        is_head = scope["method"] == "HEAD"

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._completed(message.get("headers", ()), rule, head, scope)
            elif is_head and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        try:
            head = read(scope["headers"])
            self._admission.find_origin(head, scope)
            rules = self._rules_at(scope)
            if scope["method"] == "OPTIONS":
                await _allow(rules, self._cors, head, send_safely)
                return
            rule = rules.get("GET" if is_head else scope["method"])
            if rule is None:
                raise MethodNotAllowed
            scope["path_template"] = rule.path
            scope["state"]["rule"] = rule
            if rule.pace is not FREE:  # those who keep us running ask us by our address
                self._hosts.refuse_foreign(head.get(b"host"))
            await self._admission.let_in(rule, head, scope)
        except Problem as refusal:
            allow = _methods(rules) if isinstance(refusal, MethodNotAllowed) else None
            await _refuse(refusal, scope, send_safely, allow=allow)
            return
        if is_head:
            scope["method"] = "GET"  # and what is answered beneath its head is let fall
            if rule.upstream is GATEWAY:
                receive = _nobody_reads_on
        await self._app(scope, receive, send_safely)

    def _rules_at(self, scope: Scope) -> Mapping[str, Rule]:
        """
        Raises:
            BadRequest: the address could be read in two ways, or is too long to be one of ours.
            NotFound: there is nothing at it.
        """
        # The path as it was sent: a decoded one could say something else to whoever decodes again.
        target: bytes = scope.get("raw_path") or b""
        query = scope["query_string"]
        if len(target) + len(query) > MAX_TARGET_BYTES:
            raise BadRequest("The address is too long.")
        if not query.isascii():
            raise BadRequest("The query has bytes in it that would have to be percent-encoded.")
        rules = self._policy.at(target.decode("ascii", "replace"))
        if not rules:
            raise NotFound
        return rules

    def _completed(
        self, answered: Iterable[tuple[bytes, bytes]], rule: Rule | None, head: Head, scope: Scope
    ) -> list[tuple[bytes, bytes]]:
        headers = list(answered)
        said = [name for name, _ in headers]
        headers += _OVER_TLS if scope["scheme"] == "https" else _ALWAYS
        headers += self._cors.headers(head)
        headers += scope["state"].get("limits", ())
        if b"content-security-policy" not in said:
            headers.append(_POLICY)
        if rule is not None and rule.access is not ANYONE and b"cache-control" not in said:
            headers.append(_PRIVATE)
        return headers


async def _nobody_reads_on() -> HTTPDisconnectEvent:
    return {"type": "http.disconnect"}


def _methods(rules: Mapping[str, Rule]) -> str:
    return ", ".join(sorted({*rules, "OPTIONS", *(["HEAD"] if "GET" in rules else [])}))


async def _allow(rules: Mapping[str, Rule], cors: Cors, head: Head, send: Send) -> None:
    methods = _methods(rules)
    headers = [(b"allow", methods.encode()), *cors.preflight(head, methods)]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _refuse(refusal: Problem, scope: Scope, send: Send, *, allow: str | None) -> None:
    request_id = scope["state"]["request_id"]
    instance = (scope.get("raw_path") or b"").decode("ascii", "replace")
    status, headers, body = problems.answer(refusal, instance=instance, request_id=request_id)
    if allow is not None:
        headers["allow"] = allow
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})
