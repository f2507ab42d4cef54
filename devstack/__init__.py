"""A laptop's cloud: real servers out of wheels, the five services, and one supervisor over them all.

For Linux and macOS. Everything it writes lives under one state folder (`var/`, or RACEOVERLAY_STATE).
"""
