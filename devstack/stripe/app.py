"""How is the API reached? Over HTTP: the key, the version, faults on demand, idempotency, and Stripe's error bodies."""

import asyncio
import base64
import traceback
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from devstack.stripe import (
    catalogue,
    checkout,
    control,
    discounts,
    disputes,
    events,
    faults,
    invoice_routes,
    payments,
    portal,
    refunds,
    subscription_routes,
    test_clocks,
)
from devstack.stripe import customers as customer_routes
from devstack.stripe.account import API_VERSION, new_id
from devstack.stripe.engine import Engine
from devstack.stripe.errors import Broken, NoSuchRoute, Refused, TooMany, Unauthorized
from devstack.stripe.forms import nested
from devstack.stripe.idempotency import fingerprint
from devstack.stripe.pages import page_routes
from devstack.stripe.routing import Route
from devstack.stripe.shapes import Json

ROUTES: tuple[Route, ...] = (
    *customer_routes.ROUTES, *catalogue.ROUTES, *discounts.ROUTES, *checkout.ROUTES, *portal.ROUTES,
    *subscription_routes.ROUTES, *invoice_routes.ROUTES, *payments.ROUTES, *refunds.ROUTES, *disputes.ROUTES,
    *events.ROUTES, *test_clocks.ROUTES,
)  # fmt: skip
_MAX_BYTES = 256 * 1024
_HOLDS_S = 600.0
"""How long an answer that is to time out is withheld: longer than any client waits."""
_ID = web.RequestKey("id", str)
_OURS = ("127.0.0.1", "localhost")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make(engine: Engine) -> web.Application:
    """The application; it starts and stops the engine with itself."""
    app = web.Application(client_max_size=_MAX_BYTES, middlewares=[_local_only, _in_stripes_words])
    for route in ROUTES:
        app.router.add_route(route.method, route.path, _api(engine, route))
    control.add(app, engine, _checked(engine))
    page_routes.add(app, engine)
    app.router.add_route("*", "/{anything:.*}", _unknown)

    async def running(_app: web.Application):
        engine.start()
        yield
        await engine.stop()

    app.cleanup_ctx.append(running)
    return app


def answer(body: Json, status: int = 200, **headers: str) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json", headers=headers)


@web.middleware
async def _local_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A page elsewhere may not reach us under a name of its own."""
    if request.url.host not in _OURS:
        raise web.HTTPMisdirectedRequest(text="The stand-in answers to 127.0.0.1 only.\n")
    return await handler(request)


@web.middleware
async def _in_stripes_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    id = new_id("req_", 14)
    request[_ID] = id
    try:
        response = await handler(request)
    except Refused as refused:
        response = answer(refused.body, refused.status)
    except web.HTTPRequestEntityTooLarge:
        response = answer(Refused("The request is too large.").body, 413)
    except web.HTTPException:
        raise
    except Exception:
        # A mistake of ours: the log has it, and the client sees what it would see of a mistake of Stripe's.
        traceback.print_exc()
        response = answer(Broken("An error of the stand-in; its log says more.").body, 500)
    if not response.prepared:
        response.headers["Request-Id"] = id
        response.headers["Stripe-Version"] = API_VERSION
    return response


def _checked(engine: Engine) -> Callable[[web.Request], None]:
    def check(request: web.Request) -> None:
        """Unauthorized unless the key is ours, as a bearer or as the user of a basic authorization."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                given = base64.b64decode(given, validate=True).decode().partition(":")[0]
            except ValueError:
                given = ""
        if not given:
            raise Unauthorized("You did not provide an API key.")
        if given != engine.key:
            raise Unauthorized(f"Invalid API Key provided: {given[:8]}****{given[-4:] if len(given) > 16 else ''}")

    return check


def _api(engine: Engine, route: Route) -> Handler:
    check = _checked(engine)

    async def handle(request: web.Request) -> web.StreamResponse:
        check(request)
        version = request.headers.get("stripe-version", API_VERSION)
        if version != API_VERSION:
            raise Refused(f"Invalid Stripe API version: {version}. Only {API_VERSION} is spoken here.")
        form = await _form(request) if request.method == "POST" else request.query_string
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        if key is not None and not 0 < len(key) <= 255:
            raise Refused("Idempotency keys are 1 to 255 characters long.")
        ids = tuple(request.match_info[name] for name in request.match_info)
        return await _once(engine, request, route, form, ids, key)

    return handle


async def _form(request: web.Request) -> str:
    try:
        return (await request.read()).decode()
    except UnicodeDecodeError:
        raise Refused("The form is not written in UTF-8.") from None


async def _once(
    engine: Engine, request: web.Request, route: Route, form: str, ids: tuple[str, ...], key: str | None
) -> web.StreamResponse:
    """Answers, with the earlier answer where the key has been seen; faults come before and after, as asked for."""
    sign = fingerprint(request.method, request.path, form)
    if key and (earlier := engine.answers.earlier(key, sign)):
        return answer(earlier[1], earlier[0], **{"Idempotent-Replayed": "true"})
    if key:
        engine.answers.begin(key)
    try:
        fault = faults.error_next(engine.account)
        if slow := faults.now(engine.account).slow_s:
            await asyncio.sleep(slow)
        _fail(fault)
        status, body = _perform(engine, request, route, form, ids, key)
        if key:
            engine.answers.keep(key, sign, status, body)
    finally:
        if key:
            engine.answers.finish(key)
    if fault == "timeout":
        await asyncio.sleep(_HOLDS_S)
    return answer(body, status)


def _perform(
    engine: Engine, request: web.Request, route: Route, form: str, ids: tuple[str, ...], key: str | None
) -> tuple[int, Json]:
    engine.account.request = {"id": request[_ID], "idempotency_key": key}
    try:
        return 200, engine.perform(route, nested(form), ids)
    except Refused as refused:
        return refused.status, refused.body
    finally:
        engine.account.request = {"id": None, "idempotency_key": None}


def _fail(fault: str | None) -> None:
    if fault == "500":
        raise Broken("An unknown error occurred. You asked for it.")
    if fault == "429":
        raise TooMany("Too many requests hit the API too quickly.", code="rate_limit")


async def _unknown(request: web.Request) -> web.StreamResponse:
    raise NoSuchRoute(f"Unrecognized request URL ({request.method}: {request.path}).")
