"""`python -m services.tracks` serves; `python -m services.tracks --help` says what else it can do."""

import sys

if __name__ == "__main__":
    # A command in a shell need not wait for everything that serving needs.
    if sys.argv[1:]:
        from services.tracks import commands

        sys.exit(commands.main(sys.argv[1:]))
    from chassis.service import run
    from services.tracks.app import build
    from services.tracks.settings import TracksSettings

    sys.exit(run(build, TracksSettings))
