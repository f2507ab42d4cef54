"""What can be asked of auth over HTTP."""

from services.auth.routes import (
    email,
    keys,
    me,
    passwords,
    registering,
    second_factor,
    sessions,
    signing_in,
    tokens,
    users,
)

ROUTES = [
    *registering.ROUTES,
    *passwords.ROUTES,
    *email.ROUTES,
    *signing_in.ROUTES,
    *sessions.ROUTES,
    *second_factor.ROUTES,
    *me.ROUTES,
    *tokens.ROUTES,
    *users.ROUTES,
    *keys.ROUTES,
]
