"""What can be asked of license over HTTP."""

from services.license.routes import devices, payments, standing, users

ROUTES = [*standing.ROUTES, *devices.ROUTES, *payments.ROUTES, *users.ROUTES]
