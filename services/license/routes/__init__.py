"""What can be asked of license over HTTP."""

from services.license.routes import devices, standing

ROUTES = [*standing.ROUTES, *devices.ROUTES]
