"""What happens here when something happened: a lap arrived, a licence changed, a person was erased."""

from __future__ import annotations

from chassis.database import Transaction
from chassis.inbox import Reactions, Slow
from contracts.auth import UserDeleted
from contracts.license import LicenseChanged
from contracts.tracks import TrackUploaded
from services.tracks.domain.allowance import UNLIMITED
from services.tracks.forgetting import Forgetting
from services.tracks.judging import Judging
from services.tracks.store.readers import ReaderStore
from services.tracks.store.uploads import UploadStore


async def entitle(event: LicenseChanged, tx: Transaction) -> None:
    await UploadStore(tx).is_forgotten(event.user_id)  # for its lock: nobody is erased between looking and writing
    await ReaderStore(tx).entitle(event.user_id, is_unlimited=UNLIMITED in event.entitlements, as_of=event.at)


def reactions(judging: Judging, forgetting: Forgetting) -> Reactions:
    return {
        TrackUploaded: Slow(judging.work, judging.then),
        LicenseChanged: entitle,
        UserDeleted: Slow(forgetting.work, forgetting.then),
    }
