"""How auth is put together."""

from __future__ import annotations

from litestar.di import Provide

from chassis.client_address import TrustedProxies
from chassis.database import Database
from chassis.service import Service
from services.auth.caller import calling
from services.auth.guessing import Guessing
from services.auth.keys import SigningKeys
from services.auth.mail import Postman
from services.auth.passwords import Passwords
from services.auth.registration import Registration
from services.auth.routes import ROUTES
from services.auth.secrets import Secrets
from services.auth.settings import AuthSettings
from services.auth.sign_in import SignIn


def build(settings: AuthSettings) -> Service:
    secrets = Secrets.derive(settings.auth_secret, settings.auth_secret_previous)
    database = Database(settings.database_url, pool_size=settings.database_pool_size)
    guessing = Guessing(database, secrets.guesses, at_once=max(1, settings.database_pool_size // 2))
    passwords = Passwords(settings.hashing_threads)
    postman = Postman(database, settings.smtp_url, settings.mail_from)
    keys = SigningKeys(database, secrets, issuer=settings.token_issuer, audience=settings.token_audience)
    registration = Registration(database, passwords, postman, secrets, settings.public_url)
    sign_in = SignIn(database, passwords, keys, secrets)
    return Service(
        "auth",
        settings,
        database=database,
        routes=ROUTES,
        resources=[passwords, postman, keys],
        dependencies={
            "caller": Provide(calling(TrustedProxies.parse(settings.trusted_proxies)), sync_to_thread=False),
            "guessing": Provide(lambda: guessing, sync_to_thread=False),
            "registration": Provide(lambda: registration, sync_to_thread=False),
            "sign_in": Provide(lambda: sign_in, sync_to_thread=False),
            "keys": Provide(lambda: keys, sync_to_thread=False),
        },
        summary="Accounts and sign-in.",
    )
