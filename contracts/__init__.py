"""What is promised: the bodies of the REST API and the events on the bus, as msgspec structs.

Fields are only ever added, with defaults. Nothing here imports anything else of ours, so that the desktop client,
the services and any future worker can all read the same page.
"""
