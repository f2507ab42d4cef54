"""Track maps: laps that drivers upload, judged, and published as versions of what each game calls a layout.

Owns: layouts with their names, lines and what laps taught those, track maps and their documents, uploads and the raw
laps behind them, what moderators did, how many maps who took today.
Publishes: track.uploaded, track.published, track.withdrawn, track.rejected.
Reacts to: track.uploaded (judges the lap), license.changed (who may take as many maps as they like), user.deleted
(forgets the person).

A map version is immutable and addressed by the hash of its content; whatever is uploaded is hostile until judged.
"""
