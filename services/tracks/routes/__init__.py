"""What can be asked of tracks over HTTP."""

from services.tracks.routes import layouts, maps, uploads

ROUTES = [*uploads.ROUTES, *layouts.ROUTES, *maps.ROUTES]
