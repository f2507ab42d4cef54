"""How long a laptop's cloud takes: `python -m bench.devstack` prints one JSON object, times in seconds.

first_ready_s   from the command to "ready", with nothing there: initdb, keys, migrations, the demo account
first_stop_s    from Ctrl-C to the last process gone
second_ready_s  the same again, with everything there; this is what a developer waits for every day
second_stop_s
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.machine import machine

PROJECT = Path(__file__).resolve().parent.parent


def live_once(folder: Path) -> tuple[float, float]:
    """Seconds until ready, seconds until stopped."""
    begun = time.perf_counter()
    cloud = subprocess.Popen(
        [sys.executable, "-m", "devstack", "cloud"],
        cwd=PROJECT,
        env={**os.environ, "RACEOVERLAY_STATE": str(folder), "RACEOVERLAY_PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert cloud.stdout
    said = []
    with cloud.stdout:
        for line in cloud.stdout:
            said.append(line)
            if line.startswith("Ready after"):
                break
        ready = time.perf_counter() - begun
        cloud.send_signal(signal.SIGINT)
        said.append(cloud.stdout.read())
    if cloud.wait() != 0 or not (folder / "secrets.json").exists():
        raise SystemExit("the cloud did not live as it should:\n" + "".join(said))
    return ready, time.perf_counter() - begun - ready


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="devstack-") as name:
        figures = {}
        for which in ("first", "second"):
            ready, stop = live_once(Path(name))
            figures |= {f"{which}_ready_s": round(ready, 2), f"{which}_stop_s": round(stop, 2)}
    print(json.dumps({"benchmark": "devstack", **figures, "machine": machine()}))


if __name__ == "__main__":
    main()
