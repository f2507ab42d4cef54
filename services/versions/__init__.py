"""Releases of the desktop client: which versions exist, and which one a client should have.

Owns: releases.
Publishes: release.published.
Reacts to: nothing.
"""
