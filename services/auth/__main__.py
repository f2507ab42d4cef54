"""`python -m services.auth` serves; `python -m services.auth --help` says what else it can do."""

import sys

if __name__ == "__main__":
    # A command in a shell need not wait for everything that serving needs.
    if sys.argv[1:]:
        from services.auth import commands

        sys.exit(commands.main(sys.argv[1:]))
    from chassis.service import run
    from services.auth.app import build
    from services.auth.settings import AuthSettings

    sys.exit(run(build, AuthSettings))
