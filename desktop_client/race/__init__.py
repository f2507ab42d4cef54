"""Pure maths on frames: what is remembered of a race, and the small views that widgets paint.

numpy and the standard library only: no Qt, no files, no clock of its own. `lifecycle.Race` remembers, and every
other module answers one widget's question with a frozen view that compares equal as long as it would look equal.
"""
