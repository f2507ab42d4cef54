"""How auth is put together."""

from __future__ import annotations

from litestar.di import Provide

from chassis.client_address import TrustedProxies
from chassis.database import Database
from chassis.service import Service
from services.auth.administration import Administration
from services.auth.caller import calling
from services.auth.erasure import Erasure
from services.auth.guessing import Guessing
from services.auth.housekeeping import Housekeeping
from services.auth.keys import SigningKeys
from services.auth.machines import Machines
from services.auth.mail import Postman
from services.auth.mailed_codes import MailedCodes
from services.auth.new_address import NewAddress
from services.auth.new_password import NewPassword
from services.auth.own_password import OwnPassword
from services.auth.pairs import Pairs
from services.auth.passwords import Passwords
from services.auth.places import Places
from services.auth.proof import Proof
from services.auth.reencryption import Reencryption
from services.auth.refreshing import Refreshing
from services.auth.registration import Registration
from services.auth.routes import ROUTES
from services.auth.scribe import Scribe
from services.auth.second_factor import SecondFactors
from services.auth.secrets import Secrets
from services.auth.sessions import Sessions
from services.auth.settings import AuthSettings
from services.auth.sign_in import SignIn


def build(settings: AuthSettings) -> Service:
    secrets = Secrets.derive(settings.auth_secret, settings.auth_secret_previous)
    database = Database(settings.database_url, pool_size=settings.database_pool_size)
    guessing = Guessing(database, secrets.guesses, at_once=max(1, settings.database_pool_size // 2))
    passwords = Passwords(settings.hashing_threads)
    postman = Postman(database, settings.smtp_url, settings.mail_from)
    scribe = Scribe(database, secrets, settings.public_url, postman.wake)
    codes = MailedCodes(database, secrets, guessing)
    own_password = OwnPassword(database, passwords, guessing)
    keys = SigningKeys(database, secrets, issuer=settings.token_issuer, audience=settings.token_audience)
    registration = Registration(database, passwords, codes, scribe)
    new_password = NewPassword(database, passwords, own_password, codes, scribe)
    new_address = NewAddress(database, own_password, codes, scribe)
    pairs = Pairs(keys, secrets)
    places = Places(settings.geoip_database)
    proof = Proof(database, passwords, guessing, secrets, postman)
    housekeeping = Housekeeping(database)
    reencryption = Reencryption(database, secrets)
    refreshing = Refreshing(database, pairs)
    sessions = Sessions(database, pairs)
    second_factors = SecondFactors(database, proof, guessing, postman, secrets)
    sign_in = SignIn(database, passwords, guessing, proof, pairs, places, postman, housekeeping, secrets)
    machines = Machines(database, keys, postman, guessing)
    administration = Administration(database, postman)
    erasure = Erasure(database, postman)
    return Service(
        "auth",
        settings,
        database=database,
        routes=ROUTES,
        resources=[passwords, postman, scribe, keys, places, housekeeping, reencryption],
        dependencies={
            "caller": Provide(calling(TrustedProxies.parse(settings.trusted_proxies)), sync_to_thread=False),
            "guessing": Provide(lambda: guessing, sync_to_thread=False),
            "registration": Provide(lambda: registration, sync_to_thread=False),
            "new_passwords": Provide(lambda: new_password, sync_to_thread=False),
            "new_address": Provide(lambda: new_address, sync_to_thread=False),
            "sign_in": Provide(lambda: sign_in, sync_to_thread=False),
            "refreshing": Provide(lambda: refreshing, sync_to_thread=False),
            "sessions": Provide(lambda: sessions, sync_to_thread=False),
            "second_factors": Provide(lambda: second_factors, sync_to_thread=False),
            "proof": Provide(lambda: proof, sync_to_thread=False),
            "keys": Provide(lambda: keys, sync_to_thread=False),
            "machines": Provide(lambda: machines, sync_to_thread=False),
            "administration": Provide(lambda: administration, sync_to_thread=False),
            "erasure": Provide(lambda: erasure, sync_to_thread=False),
        },
        summary="Accounts and sign-in.",
    )
