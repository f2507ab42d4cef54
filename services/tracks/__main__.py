"""`python -m services.tracks` serves."""

import sys

from chassis.service import run
from services.tracks.app import build
from services.tracks.settings import TracksSettings

if __name__ == "__main__":
    sys.exit(run(build, TracksSettings))
