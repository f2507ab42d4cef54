"""`python -m services.auth` serves; `python -m services.auth --help` says what else it can do."""

import sys

from chassis.service import run
from services.auth import commands
from services.auth.app import build
from services.auth.settings import AuthSettings

if __name__ == "__main__":
    if sys.argv[1:]:
        sys.exit(commands.main(sys.argv[1:]))
    sys.exit(run(build, AuthSettings))
