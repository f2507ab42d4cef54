"""`python -m services.auth` serves."""

import sys

from chassis.service import run
from services.auth.app import build
from services.auth.settings import AuthSettings

if __name__ == "__main__":
    sys.exit(run(build, AuthSettings))
