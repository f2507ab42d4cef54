"""What can be asked of auth over HTTP."""

from services.auth.routes import keys, registering, signing_in

ROUTES = [*registering.ROUTES, *signing_in.ROUTES, *keys.ROUTES]
