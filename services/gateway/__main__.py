"""`python -m services.gateway` serves."""

import sys

from chassis.service import run
from services.gateway.app import build
from services.gateway.settings import GatewaySettings

if __name__ == "__main__":
    sys.exit(run(build, GatewaySettings))
