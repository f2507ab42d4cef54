"""`python -m services.versions` serves; `python -m services.versions publish …` makes a release known."""

import sys

from chassis.service import run
from services.versions import publish
from services.versions.app import build
from services.versions.settings import VersionsSettings

if __name__ == "__main__":
    if sys.argv[1:2] == ["publish"]:
        sys.exit(publish.main(sys.argv[2:]))
    sys.exit(run(build, VersionsSettings))
