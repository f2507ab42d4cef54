"""`python -m services.license` serves; `python -m services.license --help` says what else it can do."""

import sys

if __name__ == "__main__":
    # A command in a shell need not wait for everything that serving needs.
    if sys.argv[1:]:
        from services.license import commands

        sys.exit(commands.main(sys.argv[1:]))
    from chassis.service import run
    from services.license.app import build
    from services.license.settings import LicenseSettings

    sys.exit(run(build, LicenseSettings))
