"""`python -m services.license` serves."""

import sys

from chassis.service import run
from services.license.app import build
from services.license.settings import LicenseSettings

if __name__ == "__main__":
    sys.exit(run(build, LicenseSettings))
