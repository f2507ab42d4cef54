"""The version of this client, as releases name it."""

VERSION = "0.1.0"
