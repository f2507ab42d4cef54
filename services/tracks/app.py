"""How tracks is put together."""

from __future__ import annotations

from litestar.di import Provide

from chassis.database import Database
from chassis.service import Service
from services.tracks.domain.uploads import MAX_BODY_BYTES
from services.tracks.forgetting import Forgetting
from services.tracks.housekeeping import Housekeeping
from services.tracks.judging import Judging
from services.tracks.library import Library
from services.tracks.moderation import Moderation
from services.tracks.objects import Objects
from services.tracks.reactions import reactions
from services.tracks.rearranging import Rearranging
from services.tracks.reception import Reception
from services.tracks.routes import ROUTES
from services.tracks.settings import TracksSettings
from services.tracks.waiting_room import WaitingRoom


def build(settings: TracksSettings) -> Service:
    database = Database(settings.database_url, pool_size=settings.database_pool_size)
    objects = Objects(settings)
    room = WaitingRoom()
    reception = Reception(database, objects, room)
    library = Library(database, objects)
    moderation, rearranging = Moderation(database, objects), Rearranging(database, objects)
    housekeeping = Housekeeping(database, objects, settings.raw_laps_days)
    return Service(
        "tracks",
        settings,
        database=database,
        routes=ROUTES,
        reactions=reactions(Judging(database, objects, room), Forgetting(database, objects)),
        resources=[objects, housekeeping],
        checks={"objects": objects.ping},
        dependencies={
            "reception": Provide(lambda: reception, sync_to_thread=False),
            "library": Provide(lambda: library, sync_to_thread=False),
            "moderation": Provide(lambda: moderation, sync_to_thread=False),
            "rearranging": Provide(lambda: rearranging, sync_to_thread=False),
        },
        max_body_bytes=MAX_BODY_BYTES,
        summary="Track maps from driven laps.",
    )
