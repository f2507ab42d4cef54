"""The one door: everything that drivers ask of the cloud comes in here, and everything they are told leaves here.

Owns: nothing that must survive a restart; it keeps no database.
Publishes: nothing.
Reacts to: what happened to a driver's tracks and licence, and to releases (streamed on to whom it concerns);
session.revoked (the session's tokens are refused from then on).
"""
