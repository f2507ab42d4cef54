"""What can be asked of tracks over HTTP."""

from services.tracks.routes import maps, uploads

ROUTES = [*uploads.ROUTES, *maps.ROUTES]
